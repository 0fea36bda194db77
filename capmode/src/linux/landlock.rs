//! Landlock: everything it can handle is denied, and no rule allows anything.

use crate::posture::Layer;
use crate::posture::Layers;
use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetError, Scope,
};
use std::io;

/// Newest ABI that is asked for; an older kernel denies what it knows.
const NEWEST: ABI = ABI::V10;

/// Denies everything, and notes the ABI that is in force. A kernel without
/// Landlock is no error.
pub(crate) fn deny_everything(layers: &mut Layers) -> io::Result<()> {
    let status = restrict().map_err(io::Error::other)?;
    if let LandlockStatus::Available { effective_abi, .. } = status {
        layers.insert(Layer::Landlock);
        layers.set_landlock_abi(effective_abi as u8);
    }
    Ok(())
}

fn restrict() -> Result<LandlockStatus, RulesetError> {
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .restrict_self()?;
    Ok(status.landlock)
}
