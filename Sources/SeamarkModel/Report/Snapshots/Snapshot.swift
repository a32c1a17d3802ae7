public import SeamarkJournal

/// What somebody froze: which figures, of which records, computed how. It holds no record and no figure; the log gives them again.
///
/// Position and log hash name every record that enters, each in its version, since they name every entry before them. The digest names the same
/// records whatever the order of the entries: a server that was put back and got its entries again, in another order, still finds them by it.
public struct Snapshot: Hashable, Sendable {
    /// How the figures are computed, beside the method itself.
    public struct Settings: Hashable, Sendable {
        public var iterations: Int64
        public var seed: Int64
        public var rho: Double
        public var horizonMonths: Int64
        public var hurdle: Double
        public var minCell: Int64

        public init(_ reading: EngagementReading) {
            iterations = Int64(reading.settings.iterations)
            seed = Int64(clamping: reading.settings.seed)
            rho = reading.settings.correlation
            horizonMonths = Int64(reading.horizonMonths)
            hurdle = reading.hurdle
            minCell = Int64(reading.leastCell)
        }

        init?(_ group: GroupView) {
            guard let iterations = group.integer("iterations"), let seed = group.integer("seed"), let rho = group.number("rho"),
                let horizonMonths = group.integer("horizonMonths"), let hurdle = group.number("hurdle"), let minCell = group.integer("minCell")
            else { return nil }
            (self.iterations, self.seed, self.rho, self.horizonMonths, self.hurdle, self.minCell) = (iterations, seed, rho, horizonMonths, hurdle, minCell)
        }

        var value: Value {
            .group([
                Value.Member(1, .int(iterations)), Value.Member(2, .int(seed)), Value.Member(3, .double(rho)), Value.Member(4, .int(horizonMonths)),
                Value.Member(5, .double(hurdle)), Value.Member(6, .int(minCell)),
            ])
        }
    }

    /// No log is longer: a program that reads numbers as doubles reads each position exactly.
    public static let furthest: Int64 = 1 << 53

    public let record: Identifier
    /// What it is called: `SN-A001`.
    public let handle: String
    public let name: String
    public let place: LogPlace
    public let digest: ScopeDigest
    /// Days since 1970: what ages, phases and expiry are counted to.
    public let day: Int64
    public let method: String
    public let instrument: String
    public let settings: Settings
    public let inputsHash: Hash256
    /// The member who froze it.
    public let author: Identifier?
    /// By the author's clock: milliseconds since 1970.
    public let frozenAt: Int64

    /// Nil for a record of another type, for one that is deleted, and for one that a newer version wrote in another way.
    public init?(_ view: RecordView) {
        guard view.type === Catalogue.snapshot, !view.isDeleted, let name = view.text("name"), let position = view.integer("position").flatMap({ UInt64(exactly: $0) }),
            let hash = view.value("logHash")?.bytes.flatMap({ Hash256(bytes: $0) }), let digest = view.value("digest")?.bytes.flatMap({ ScopeDigest(bytes: $0) }),
            let day = view.integer("day"), let method = view.text("method"), let instrument = view.text("instrument"),
            let settings = view.group("settings").flatMap({ Settings($0) }), let inputs = view.value("inputsHash")?.bytes.flatMap({ Hash256(bytes: $0) })
        else { return nil }
        record = view.id
        handle = view.handle.map { ReportText.clean($0) } ?? view.id.description
        self.name = ReportText.clean(name)
        place = LogPlace(position: position, hash: hash)
        self.digest = digest
        self.day = day
        self.method = ReportText.clean(method)
        self.instrument = ReportText.clean(instrument)
        self.settings = settings
        inputsHash = inputs
        author = view.author
        frozenAt = view.integer("createdAt") ?? 0
    }

    /// Those among `views`, the earliest place first.
    public static func all(in views: [RecordView]) -> [Snapshot] {
        views.compactMap { Snapshot($0) }.sorted { ($0.place.position, $0.frozenAt, $0.record) < ($1.place.position, $1.frozenAt, $1.record) }
    }

    /// Those that somebody may mean by `name`: by handle, by id, else by what it is called. In the order of `snapshots`.
    public static func called(_ name: String, in snapshots: [Snapshot]) -> [Snapshot] {
        let folded = name.lowercased()
        let exact = snapshots.filter { $0.handle.lowercased() == folded || $0.record.description == folded }
        return exact.isEmpty ? snapshots.filter { $0.name.lowercased() == folded } : exact
    }

    /// What `--json` prints.
    public func document(author: String) -> JSONValue {
        .object([
            JSONMember("id", .string(record.description)), JSONMember("handle", .string(handle)), JSONMember("name", .string(name)),
            JSONMember("day", .string(CalendarDate.text(days: day))), JSONMember("position", .integer(Int64(clamping: place.position))),
            JSONMember("logHash", .string(place.hash.description)), JSONMember("digest", .string(digest.description)), JSONMember("method", .string(method)),
            JSONMember("instrument", .string(instrument)), JSONMember("iterations", .integer(settings.iterations)), JSONMember("seed", .string(String(settings.seed))),
            JSONMember("rho", .number(settings.rho)), JSONMember("horizonMonths", .integer(settings.horizonMonths)), JSONMember("hurdle", .number(settings.hurdle)),
            JSONMember("minCell", .integer(settings.minCell)), JSONMember("inputsHash", .string(inputsHash.description)),
            JSONMember("frozenAt", .string(CalendarDate.text(milliseconds: frozenAt))), JSONMember("frozenBy", .string(author)),
        ])
    }

    /// `SN-A001 First quarter`.
    public var title: String { name.isEmpty ? handle : "\(handle) \(name)" }
}

extension RecordEditing {
    /// Freezes `frozen`. For a record that is being made.
    ///
    /// - Parameters:
    ///   - digest: of the records at that place.
    ///   - time: milliseconds since 1970.
    public mutating func freeze(_ frozen: FrozenRecords, _ reading: EngagementReading, digest: ScopeDigest, name: String, handle: String, at time: Int64, _ primitives: any Primitives) {
        precondition(type === Catalogue.snapshot && state == nil, "a snapshot is a record of its own, and made once")
        create(at: time, handle: handle)
        let values: [(String, Value)] = [
            ("name", .text(name)), ("position", .int(Int64(clamping: frozen.place.position))), ("logHash", .bytes(frozen.place.hash.bytes)),
            ("digest", .bytes(digest.bytes)), ("day", .int(frozen.day)), ("method", .text(RiskSettings.method)), ("instrument", .text(reading.instrument.reference)),
            ("settings", Snapshot.Settings(reading).value), ("inputsHash", .bytes(reading.inputsHash(primitives).bytes)),
        ]
        for (key, value) in values { if let field = type.field(key: key) { set(field, value) } }
    }
}
