enum SeamarkModelPlaceholder {}
