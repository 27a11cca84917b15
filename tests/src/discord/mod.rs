//! A fake of the Discord REST API and gateway.
