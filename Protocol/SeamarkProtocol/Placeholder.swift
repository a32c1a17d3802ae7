enum SeamarkProtocolPlaceholder {}
