internal import Foundation
internal import SeamarkJournal

/// What stays of a tenant that was shredded: that it was, when and by whom. `DATA/shredded/ID.json` holds one for each time.
public struct ShreddedTenant: Codable, Hashable, Sendable {
    public let tenant: String
    /// The short name that it had here.
    public let name: String
    /// Milliseconds since 1970.
    public let began: Int64
    /// Nil until the last file is gone: running it again goes on.
    public internal(set) var finished: Int64?
    /// The account of the system that did it.
    public let by: String
    /// Whose approval it had, by member, role and device; or why it had none.
    public let approvedBy: String
    /// The hash of the last act in the tenant's audit log: what was exported from it earlier is held against this. Nil where the store could not be read.
    public let lastAct: String?

    var id: Identifier? { Identifier(tenant) }

    /// All of them, oldest first.
    static func all(in directory: DataDirectory) throws(OperationFailure) -> [ShreddedTenant] {
        guard try PrivateFile.exists(directory.shredded) else { return [] }
        var all: [ShreddedTenant] = []
        for name in try PrivateFile.names(in: directory.shredded) where name.hasSuffix(".json") { all += try read(directory.shredded + "/" + name) }
        return all.sorted { ($0.began, $0.tenant) < ($1.began, $1.tenant) }
    }

    /// Adds it, or puts it in the place of the one that began at the same time.
    func write(in directory: DataDirectory) throws {
        try PrivateFile.makeFolder(directory.shredded, mayExist: true)
        try PrivateFile.makeDurable(folder: directory.path)
        let path = "\(directory.shredded)/\(tenant).json"
        let others = try PrivateFile.exists(path) ? Self.read(path).filter { $0.began != began } : []
        try PrivateFile.replace(path, Array(JSONEncoder().encode(others + [self])))
    }

    private static func read(_ path: String) throws(OperationFailure) -> [ShreddedTenant] {
        guard let notes = try? JSONDecoder().decode([ShreddedTenant].self, from: Data(try PrivateFile.read(path))) else {
            throw OperationFailure(.configuration, doing: "reading \(path)", wrong: "it is damaged", remedy: "move it away, and note what it was about")
        }
        return notes
    }
}

extension Office {
    /// The tenants that were shredded here, oldest first.
    public func shredded() throws -> [ShreddedTenant] { try ShreddedTenant.all(in: directory) }
}
