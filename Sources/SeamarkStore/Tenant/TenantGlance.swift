internal import GRDB
internal import Glibc
internal import SeamarkJournal

/// Who and what a tenant's file names, read without its keys: for what shells complete.
///
/// It waits for nobody and writes nothing: neither the file nor its log is altered, and no companion of theirs is made. What is sensitive cannot be read
/// so: it is sealed. What cannot be read at once is not read: everything is thrown.
public struct TenantGlance: Sendable {
    /// The documents (`TenantTools.document`) of the directory's records of the type that was asked for.
    public let members: [String]
    /// Those of the engagements' own records.
    public let engagements: [String]
    /// The letters of all devices, in the order in which they were given.
    public let devices: [String]

    /// - Parameters:
    ///   - memberType: the number of the type of records that name members.
    ///   - engagementType: of those that name an engagement.
    public init(at path: String, memberType: UInt32, engagementType: UInt32) throws {
        let doing: StaticString = "looking into a store"
        do {
            let file = try DatabaseQueue(path: try Self.location(of: path, doing: doing), configuration: Self.configuration)
            (members, engagements, devices) = try file.unsafeRead { database in
                guard try Int32.fetchOne(database, sql: "PRAGMA application_id") == TenantSchema.applicationID else {
                    throw StoreError(.notAStore, doing: doing, detail: "the file is not a tenant's store")
                }
                // A view from elsewhere would run with our rights.
                guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')") == 0 else {
                    throw StoreError(.damaged, doing: doing, detail: "it holds a view or a trigger, which no version of this program makes")
                }
                // By scope: there may be a million records, and these are few.
                let records = "SELECT record.document FROM scope CROSS JOIN record ON record.scope = scope.key WHERE scope.kind = ? AND record.type = ?"
                return (
                    try String.fetchAll(database, sql: records, arguments: [TenantScope.Kind.shared.rawValue, Int64(memberType)]),
                    try String.fetchAll(database, sql: records + " AND record.id = scope.id", arguments: [TenantScope.Kind.engagement.rawValue, Int64(engagementType)]),
                    try String.fetchAll(database, sql: "SELECT letters FROM device ORDER BY key")
                )
            }
            try file.close()
        } catch {
            throw StoreError.of(error, doing: doing, at: nil)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .immediateError
        configuration.label = "tenant"
        configuration.prepareDatabase { database in
            database.ignoreWhatStatementsTouch()
            try database.defend()
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        return configuration
    }

    /// A file whose log is empty holds everything itself, and is read as it lies. Else SQLite reads the log by the index that whoever writes keeps beside it:
    /// where that is gone it would make one.
    private static func location(of path: String, doing: StaticString) throws(StoreError) -> String {
        var facts = stat()
        if stat(path + "-wal", &facts) == 0, facts.st_size > 0 {
            guard access(path + "-shm", F_OK) == 0 else { throw StoreError(.busy, doing: doing, detail: "its log waits for a program that may write") }
            return path
        }
        let plain = path.utf8.map { byte -> String in
            // What a location has a meaning for.
            [UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains(byte) || byte > 127 ? "%" + Hexadecimal.text(of: [byte]) : String(decoding: [byte], as: UTF8.self)
        }.joined()
        return "file:\(plain)?immutable=1"
    }
}
