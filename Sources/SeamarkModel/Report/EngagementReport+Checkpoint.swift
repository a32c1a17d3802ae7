import SeamarkJournal

extension EngagementReport {
    /// Everything that the server signed, and what proves its key: `ReportClaim` reads it.
    func checkpointDocument(_ signed: ReportProvenance.SignedCheckpoint) -> JSONValue {
        let checkpoint = signed.checkpoint
        return .object([
            JSONMember("hash", optional(checkpointHash?.description)), JSONMember("epoch", .string(Self.hexadecimal(checkpoint.epoch))),
            // Milliseconds since 1970: it is signed for.
            JSONMember("time", .integer(checkpoint.time)),
            JSONMember("scopes", .array(checkpoint.scopes.map { scope in
                .object([
                    JSONMember("scope", .string(scope.scope.description)), JSONMember("name", optional(signed.name(of: scope.scope).map { ReportText.clean($0) })),
                    JSONMember("position", .integer(Int64(clamping: scope.place.position))), JSONMember("logHash", .string(scope.place.hash.description)),
                    JSONMember("digest", .string(scope.digest.description)),
                ])
            })),
            JSONMember("signature", .string(Hexadecimal.text(of: checkpoint.signature))),
            JSONMember("tenant", .string(signed.serverKey.tenant.description)),
            JSONMember("server", .string(signed.serverKey.device.description)), JSONMember("key", .string(Hexadecimal.text(of: signed.serverKey.key))),
            JSONMember("keySignature", .string(Hexadecimal.text(of: signed.endorsement))), JSONMember("authority", .string(signed.authority.description)),
        ])
    }

    /// Sixteen digits.
    private static func hexadecimal(_ word: UInt64) -> String {
        var writer = ByteWriter()
        writer.fixed64(word)
        return Hexadecimal.text(of: writer.bytes)
    }
}
