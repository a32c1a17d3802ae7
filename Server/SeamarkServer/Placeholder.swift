enum SeamarkServerPlaceholder {}
