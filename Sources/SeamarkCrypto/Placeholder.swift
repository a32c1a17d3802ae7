enum SeamarkCryptoPlaceholder {}
