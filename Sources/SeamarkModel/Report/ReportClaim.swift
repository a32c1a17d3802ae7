public import SeamarkJournal

/// What the JSON of a report says it was made from: the server's signed checkpoint. It is believed only where the signatures hold, and then held
/// against a log.
public struct ReportClaim: Hashable, Sendable {
    public enum Unreadable: Error, Hashable, Sendable {
        case notAReport
        /// It is a report as of an earlier time (a snapshot's handle, a position or a day), and is checked by making it again.
        case frozen(String)
        /// It is one of a device, or of an earlier version.
        case noCheckpoint
    }

    /// What came of holding it against a log.
    public enum Verdict: Hashable, Sendable {
        /// Was made from this log, as it stood there; with its figures where they could be computed anew.
        case made(position: UInt64, inputs: Inputs)
        /// The server did not sign this checkpoint, or it is another tenant's.
        case forged
        /// The checkpoint says nothing of this log.
        case ofAnotherEngagement
        /// This copy of the log ends before that.
        case later(position: UInt64)
        /// The log says something else there.
        case otherLog(position: UInt64)
        /// The log holds that place, but other records give these figures.
        case otherInputs(position: UInt64)
    }

    public enum Inputs: Hashable, Sendable {
        case same
        /// With an instrument that is not at hand.
        case notComputed
    }

    public let checkpoint: Checkpoint
    public let serverKey: ServerKeyStatement
    public let endorsement: [UInt8]
    /// SHA-256 of the tenant authority's certificate, as the report says it; the reader's own counts.
    public let authority: Hash256
    public let inputs: Hash256
    /// The scopes that the report names: its engagement, and the shared one.
    public let names: Set<Identifier>

    /// No report of ours is longer.
    public static let longest = 16 * 1024 * 1024

    public init(reading bytes: [UInt8]) throws(Unreadable) {
        let document: JSONValue
        do throws(JSONError) { document = try JSONParser.parse(bytes, atMost: Self.longest) } catch { throw .notAReport }
        guard document["format"]?.text == "seamark-report", let method = document["method"] else { throw .notAReport }
        if let frozen = method["frozen"], let position = frozen["position"]?.integer {
            // It is printed in a command that somebody may copy: letters, digits and a few marks.
            let when = frozen["asOf"]?.text ?? ""
            throw .frozen(FieldKind.code.fault(in: .text(when)) == nil ? when : String(position))
        }
        guard let said = method["checkpoint"], let claim = Self(said, inputs: method["inputsHash"]) else { throw .noCheckpoint }
        self = claim
    }

    private init?(_ said: JSONValue, inputs: JSONValue?) {
        func bytes(_ value: JSONValue?, _ count: Int? = nil) -> [UInt8]? {
            guard let text = value?.text, let bytes = Hexadecimal.bytes(of: Array(text.utf8)), count == nil || bytes.count == count else { return nil }
            return bytes
        }
        func hash(_ value: JSONValue?) -> Hash256? { bytes(value, 32).flatMap { Hash256(bytes: $0) } }
        func id(_ value: JSONValue?) -> Identifier? { value?.text.flatMap { Identifier($0) } }
        guard let epochBytes = bytes(said["epoch"], 8), let time = said["time"]?.integer, let scopes = said["scopes"]?.elements, let signature = bytes(said["signature"], 64),
            let tenant = id(said["tenant"]), let server = id(said["server"]), let key = bytes(said["key"], 32), let endorsement = bytes(said["keySignature"]),
            let authority = hash(said["authority"]), let inputs = hash(inputs)
        else { return nil }
        let epoch = epochBytes.reduce(0) { $0 << 8 | UInt64($1) }
        var read: [Checkpoint.Scope] = []
        var names: Set<Identifier> = []
        for scope in scopes {
            guard let id = id(scope["scope"]), let position = scope["position"]?.integer.flatMap({ UInt64(exactly: $0) }), let place = hash(scope["logHash"]),
                let digest = bytes(scope["digest"], 16).flatMap({ ScopeDigest(bytes: $0) })
            else { return nil }
            if scope["name"]?.text != nil { names.insert(id) }
            read.append(Checkpoint.Scope(scope: id, place: LogPlace(position: position, hash: place), digest: digest))
        }
        checkpoint = Checkpoint(epoch: epoch, scopes: read, time: time, signature: signature)
        serverKey = ServerKeyStatement(tenant: tenant, epoch: epoch, device: server, key: key)
        self.endorsement = endorsement
        self.authority = authority
        self.inputs = inputs
        self.names = names
    }

    /// Where it says that a log stood.
    public func word(on scope: Identifier) -> Checkpoint.Scope? { checkpoint.scopes.first { $0.scope == scope } }

    /// Holds it against a log.
    ///
    /// - Parameters:
    ///   - isEndorsed: did the tenant authority that the reader trusts sign this?
    ///   - found: what the reader's log says at the position that `word(on:)` names; nil where it does not go so far.
    public func judged(
        on scope: Identifier, of tenant: Identifier, primitives: any Primitives, isEndorsed: (_ message: [UInt8], _ signature: [UInt8]) -> Bool,
        found: (place: LogPlace, state: ScopeState)?
    ) -> Verdict {
        guard serverKey.tenant == tenant, isEndorsed(serverKey.message, endorsement), checkpoint.isSigned(by: serverKey.key, primitives) else { return .forged }
        guard let word = word(on: scope) else { return .ofAnotherEngagement }
        let position = word.place.position
        guard let found else { return .later(position: position) }
        guard found.place == word.place, found.state.digest == word.digest else { return .otherLog(position: position) }
        guard let computed = Self.inputs(of: found.state, at: checkpoint.time, primitives) else { return .made(position: position, inputs: .notComputed) }
        return computed == inputs ? .made(position: position, inputs: .same) : .otherInputs(position: position)
    }

    /// What the figures of a report are computed from, of the records as they stood; nil where its instrument is not at hand.
    private static func inputs(of state: ScopeState, at time: Int64, _ primitives: any Primitives) -> Hash256? {
        let views = state.records.map { RecordView(id: $0, state: $1) }
        if let named = EngagementReading.instrument(namedIn: views), named != Instrument.core9.reference { return nil }
        guard let reading = try? EngagementReading(views, instrument: .core9, now: time) else { return nil }
        return reading.inputsHash(primitives)
    }
}

extension ReportClaim.Verdict: CustomStringConvertible {
    public var isGood: Bool { if case .made = self { true } else { false } }

    /// A sentence about the report.
    public var description: String {
        switch self {
        case .made(let position, .same): "the report was made from this log as it stood at position \(position), and names the inputs that these records give; its figures were not computed anew"
        case .made(let position, .notComputed):
            "the report was made from this log as it stood at position \(position); its figures were not computed anew, since its instrument is not at hand"
        case .forged: "the server of this tenant did not sign the report's checkpoint"
        case .ofAnotherEngagement: "the report's checkpoint says nothing of this engagement"
        case .later(let position): "the report was made at position \(position), which this copy of the log does not reach"
        case .otherLog(let position): "the log says something else at position \(position) than when the report was made"
        case .otherInputs(let position): "the log holds position \(position) as the report says, but the report's figures were not made from its records"
        }
    }
}
