enum SeamarkTLSPlaceholder {}
