//! Colours, spacing and letters, light and dark.

use crate::window::desktop::Desktop;
use crate::window::store::Settings;
use egui::style::ScrollAnimation;
use egui::{Color32, Context, CornerRadius, Stroke, Style, Theme, Ui, Visuals};

/// Height of the header, in points.
pub(crate) const HEADER: f32 = 46.0;

/// Side of a round button, in points.
pub(crate) const BUTTON: f32 = 32.0;

/// Makes everything look as the desktop wants it, and as the user does.
pub(crate) fn apply(ctx: &Context, desktop: Desktop, settings: Settings) {
    let (dark, light) = if settings.high_contrast.unwrap_or(desktop.high_contrast) {
        (&BLACK, &WHITE)
    } else {
        (&DARK, &LIGHT)
    };
    for (theme, visuals, palette) in [
        (Theme::Dark, Visuals::dark(), dark),
        (Theme::Light, Visuals::light(), light),
    ] {
        let mut style = style(visuals, palette);
        if settings.still.unwrap_or(desktop.still) {
            style.animation_time = 0.0;
            style.scroll_animation = ScrollAnimation::none();
        }
        ctx.set_style_of(theme, style);
    }
    ctx.set_theme(settings.theme);
    ctx.set_zoom_factor(desktop.letters * f32::from(settings.scale_percent) / 100.0);
}

struct Palette {
    chrome: Color32,
    raised: Color32,
    hovered: Color32,
    pressed: Color32,
    line: Color32,
    text: Color32,
    accent: Color32,
    /// Lines around everything that can be pressed.
    outlined: bool,
}

const DARK: Palette = Palette {
    chrome: Color32::from_rgb(0x2e, 0x2e, 0x32),
    raised: Color32::from_rgb(0x3a, 0x3a, 0x40),
    hovered: Color32::from_rgb(0x46, 0x46, 0x4d),
    pressed: Color32::from_rgb(0x54, 0x54, 0x5c),
    line: Color32::from_rgb(0x1c, 0x1c, 0x1f),
    text: Color32::from_rgb(0xf2, 0xf2, 0xf4),
    accent: Color32::from_rgb(0x62, 0xa0, 0xea),
    outlined: false,
};

const LIGHT: Palette = Palette {
    chrome: Color32::from_rgb(0xf6, 0xf6, 0xf8),
    raised: Color32::from_rgb(0xe6, 0xe6, 0xea),
    hovered: Color32::from_rgb(0xdc, 0xdc, 0xe2),
    pressed: Color32::from_rgb(0xcc, 0xcc, 0xd4),
    line: Color32::from_rgb(0xd4, 0xd4, 0xda),
    text: Color32::from_rgb(0x22, 0x22, 0x26),
    accent: Color32::from_rgb(0x1c, 0x66, 0xc4),
    outlined: false,
};

/// Dark with high contrast.
const BLACK: Palette = Palette {
    chrome: Color32::BLACK,
    raised: Color32::BLACK,
    hovered: Color32::from_rgb(0x30, 0x30, 0x30),
    pressed: Color32::from_rgb(0x48, 0x48, 0x48),
    line: Color32::WHITE,
    text: Color32::WHITE,
    accent: Color32::from_rgb(0xff, 0xe1, 0x00),
    outlined: true,
};

/// Light with high contrast.
const WHITE: Palette = Palette {
    chrome: Color32::WHITE,
    raised: Color32::WHITE,
    hovered: Color32::from_rgb(0xd8, 0xd8, 0xd8),
    pressed: Color32::from_rgb(0xc0, 0xc0, 0xc0),
    line: Color32::BLACK,
    text: Color32::BLACK,
    accent: Color32::from_rgb(0x00, 0x30, 0xb0),
    outlined: true,
};

fn style(mut visuals: Visuals, palette: &Palette) -> Style {
    let round = CornerRadius::same(8);
    visuals.panel_fill = palette.chrome;
    visuals.window_fill = palette.chrome;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(12);
    visuals.menu_corner_radius = CornerRadius::same(10);
    visuals.override_text_color = Some(palette.text);
    visuals.hyperlink_color = palette.accent;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.5, palette.accent);
    visuals.extreme_bg_color = palette.raised;
    let widgets = &mut visuals.widgets;
    for (widget, fill) in [
        (&mut widgets.noninteractive, palette.chrome),
        (&mut widgets.inactive, palette.raised),
        (&mut widgets.hovered, palette.hovered),
        (&mut widgets.active, palette.pressed),
        (&mut widgets.open, palette.hovered),
    ] {
        widget.corner_radius = round;
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.fg_stroke = Stroke::new(1.0, palette.text);
        widget.bg_stroke = match palette.outlined {
            true => Stroke::new(1.0, palette.line),
            false => Stroke::NONE,
        };
        widget.expansion = 0.0;
    }
    // What has the keyboard has a ring.
    visuals.widgets.active.bg_stroke = Stroke::new(2.0, palette.accent);
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    let mut style = Style {
        visuals,
        ..Style::default()
    };
    style.spacing.item_spacing = egui::vec2(8.0, 6.0);
    style.spacing.button_padding = egui::vec2(12.0, 6.0);
    style.spacing.interact_size.y = 30.0;
    for font in style.text_styles.values_mut() {
        font.size *= 1.08;
    }
    // Nothing moves by itself longer than this.
    style.animation_time = 0.1;
    style
}

/// What lies behind pages.
pub(crate) fn desk(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(0x24, 0x24, 0x28)
    } else {
        Color32::from_rgb(0xe9, 0xe9, 0xed)
    }
}

/// The colour of what is chosen or can be done.
pub(crate) fn accent(ui: &Ui) -> Color32 {
    ui.visuals().hyperlink_color
}

/// For warnings, beside a shape and words that say the same.
pub(crate) fn amber(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(0xf5, 0xc2, 0x11)
    } else {
        Color32::from_rgb(0x9a, 0x67, 0x00)
    }
}

/// Behind a warning.
pub(crate) fn amber_ground(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(0x45, 0x38, 0x10)
    } else {
        Color32::from_rgb(0xff, 0xf0, 0xc8)
    }
}

/// For what went wrong, beside a shape and words that say the same.
pub(crate) fn red(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(0xff, 0x7b, 0x72)
    } else {
        Color32::from_rgb(0xc0, 0x1c, 0x28)
    }
}
