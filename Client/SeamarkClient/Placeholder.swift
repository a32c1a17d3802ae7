enum SeamarkClientPlaceholder {}
