enum SeamarkStorePlaceholder {}
