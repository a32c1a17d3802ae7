public import SeamarkJournal

extension Message {
    /// Headquarters' order to destroy everything that one device holds of the tenant (SPEC section 7.8).
    ///
    /// Signed by the server's key of the tenant, which comes along under the tenant authority's signature: whoever has only the key of the
    /// server's certificate, which all tenants share, can wipe nobody. An order stands for ever, so one that is said again harms nobody.
    public struct WipeOrder: Hashable, Sendable {
        /// Milliseconds since 1970 by the server's clock.
        public let ordered: Int64
        public let serverKey: ServerKey
        public let signature: [UInt8]
        /// For a device that slept through the end of the authority that it knows: the one that signed `serverKey`, DER, and the words that lead to
        /// it, the oldest first. Empty where the device knows that one, which is so wherever it has been greeted.
        public let authority: [UInt8]
        public let words: [[UInt8]]

        /// As many words come with an order, and a certificate is no longer than `Renew.longest`.
        public static let mostWords = Renewed.mostWords

        public init(ordered: Int64, serverKey: ServerKey, signature: [UInt8], authority: [UInt8] = [], words: [[UInt8]] = []) {
            self.ordered = ordered
            self.serverKey = serverKey
            self.signature = signature
            self.authority = authority
            self.words = words
        }

        public init(
            to device: Identifier, of tenant: Identifier, ordered: Int64, serverKey: ServerKey, signer: any Signer, authority: [UInt8] = [], words: [[UInt8]] = []
        ) {
            let message = Self.message(tenant: tenant, device: device, ordered: ordered)
            self.init(ordered: ordered, serverKey: serverKey, signature: signer.sign(message), authority: authority, words: words)
        }

        /// What the server's key signs.
        public static func message(tenant: Identifier, device: Identifier, ordered: Int64) -> [UInt8] {
            var writer = ByteWriter()
            writer.text("seamark-wipe-1")
            writer.identifier(tenant)
            writer.identifier(device)
            writer.signed(ordered)
            return writer.bytes
        }

        /// Is it the tenant's, and meant for this device?
        public func isMeant(for device: Identifier, of tenant: Identifier, _ knowledge: SyncSession.Knowledge) -> Bool {
            knowledge.isGenuine(serverKey) && !knowledge.replacedKeys.contains(serverKey.key)
                && knowledge.primitives.verifies(signature, of: Self.message(tenant: tenant, device: device, ordered: ordered), by: serverKey.key)
        }
    }
}
