enum SeamarkWirePlaceholder {}
