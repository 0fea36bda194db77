//! The broker: files, policy and output; parses nothing of a document.
