import Foundation
import Glibc
import SeamarkModel
import SeamarkStore

/// Where this user's devices lie: one directory a tenant, and beside them which tenant is meant when a command names none.
///
///     HOME/<tenant>/       the sealed store of the device enrolled there
///     HOME/current.json    {"tenant": "<tenant>"}
///
/// Here a tenant is called by its label: after its name, or as whoever enrolled chose (`seamark enrol --as`). The label is all that these files say of
/// who the client is, and nothing else writes a name outside of a sealed row (`Protocol/Decisions/0047-a-laptop-says-one-label.md`).
public struct TenantHome: Sendable {
    public let path: String

    /// Why the home cannot be used.
    public enum Failure: Error, Hashable, Sendable {
        /// Neither SEAMARK_HOME nor HOME is set.
        case nowhere
        case cannotRead(code: Int32)
        case cannotWrite(code: Int32)
        case badConfiguration
        /// No device is enrolled yet.
        case noTenant
        /// Several tenants, none chosen; here are their names.
        case notChosen([String])
        case unknownTenant(String, [String])
    }

    public init(path: String) { self.path = path }

    /// `SEAMARK_HOME`, else `seamark` in the user's data directory.
    public init(environment: [String: String]) throws(Failure) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let home = value("SEAMARK_HOME") {
            path = home
        } else if let data = value("XDG_DATA_HOME"), data.hasPrefix("/") {
            path = data + "/seamark"
        } else if let home = value("HOME") {
            path = home + "/.local/share/seamark"
        } else {
            throw .nowhere
        }
    }

    /// Makes the directory, for its owner alone.
    public func make() throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw .cannotWrite(code: Self.code(error)) }
    }

    /// Finds out that a new store has room here, and leaves nothing behind: an invitation serves once, and must not be spent on a
    /// disk that is full or read-only.
    public func tryWriting() throws(Failure) {
        let trial = path + "/.trial"
        defer { try? FileManager.default.removeItem(atPath: trial) }
        do { try Data(count: Self.roomForAStore).write(to: URL(fileURLWithPath: trial)) } catch {
            throw .cannotWrite(code: Self.code(error))
        }
    }

    /// What a new store takes before anything is captured, with its write-ahead log and index, in bytes.
    private static let roomForAStore = 256 * 1024

    /// The tenants with a device here, in alphabetical order.
    public func tenants() throws(Failure) -> [String] {
        var tenants: [String] = []
        for name in try names() {
            if try Self.exists(storePath(name) + "/rows.sqlite") { tenants.append(name) }
        }
        return tenants
    }

    /// What lies here and is called as tenants are, in alphabetical order.
    private func names() throws(Failure) -> [String] {
        guard try Self.exists(path) else { return [] }
        do throws(FolderNames.Refused) { return try FolderNames.read(path).sorted().filter(Self.isLabel) } catch { throw .cannotRead(code: error.code) }
    }

    /// Finishes wipes that were cut off, and returns the names of their tenants.
    public func finishWipes() throws -> [String] {
        // The folder, which is called as the client is, goes last: an empty one is all that such a wipe left.
        try names().filter { try DeviceStore.finishWipe(at: storePath($0)) || rmdir(storePath($0)) == 0 }
    }

    /// Throws where the system does not say: what cannot be looked at is not missing.
    private static func exists(_ path: String) throws(Failure) -> Bool {
        var facts = stat()
        if stat(path, &facts) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw .cannotRead(code: errno) }
        return false
    }

    public func storePath(_ tenant: String) -> String { path + "/" + tenant }

    /// The tenant that is meant: the one asked for, else the one chosen, else the only one.
    public func tenant(asked: String?) throws(Failure) -> String {
        let all = try tenants()
        if all.isEmpty { throw .noTenant }
        if let asked {
            let name = Self.folderName(for: asked)
            if all.contains(name) { return name }
            // A beginning that only one has will do.
            let matches = all.filter { $0.hasPrefix(name) }
            guard matches.count == 1 else { throw .unknownTenant(asked, all) }
            return matches[0]
        }
        if let chosen = try chosen(), all.contains(chosen) { return chosen }
        guard all.count == 1 else { throw .notChosen(all) }
        return all[0]
    }

    /// What `use` chose; nil when nothing was.
    public func chosen() throws(Failure) -> String? {
        guard try Self.exists(configurationPath) else { return nil }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: configurationPath)) } catch { throw .cannotRead(code: Self.code(error)) }
        guard let json = try? JSONParser.parse(Array(data), atMost: 64 * 1024), json.members != nil else { throw .badConfiguration }
        return json["tenant"]?.text
    }

    /// Remembers the tenant that commands mean when they name none.
    /// The file is for its owner alone: its label may name a client.
    public func choose(_ tenant: String) throws(Failure) {
        var bytes: [UInt8] = []
        JSONWriter.writePretty(.object([JSONMember("tenant", .string(tenant))]), to: &bytes)
        do { try Data(bytes).write(to: URL(fileURLWithPath: configurationPath), options: .atomic) } catch {
            throw .cannotWrite(code: Self.code(error))
        }
        guard chmod(configurationPath, 0o600) == 0 else { throw .cannotWrite(code: errno) }
    }

    /// Nothing says any more that the tenant was chosen: it is not on this laptop.
    public func forgetChoice(of tenant: String) throws(Failure) {
        guard try chosen() == tenant, unlink(configurationPath) != 0, errno != ENOENT else { return }
        throw .cannotWrite(code: errno)
    }

    private var configurationPath: String { path + "/current.json" }

    /// Characters of a directory's name.
    private static let longestName = 60

    /// The directory's name for a tenant's name: lower-case letters, digits and hyphens, sixty at most; of such a name it is that name.
    public static func folderName(for tenant: String) -> String {
        var name = ""
        for scalar in tenant.lowercased().unicodeScalars {
            if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty, name.last != "-" {
                name.append("-")
            }
        }
        name = cut(name, to: longestName)
        return name.isEmpty ? "tenant" : name
    }

    /// May a directory be called so? Whoever enrols may choose it, so that it names no client.
    public static func isLabel(_ name: String) -> Bool { name == folderName(for: name) }

    /// The directory's name for a further device of the same tenant, within the same limit.
    public static func folderName(_ name: String, numbered number: Int) -> String {
        let ending = "-\(number)"
        return cut(name, to: longestName - ending.utf8.count) + ending
    }

    private static func cut(_ name: String, to length: Int) -> String {
        var name = name.prefix(length)
        while name.last == "-" { name.removeLast() }
        return String(name)
    }

    private static func code(_ error: any Error) -> Int32 {
        let error = error as NSError
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? POSIXError { return cause.code.rawValue }
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        switch error.code {
        case CocoaError.fileWriteOutOfSpace.rawValue: return ENOSPC
        case CocoaError.fileWriteNoPermission.rawValue, CocoaError.fileReadNoPermission.rawValue: return EACCES
        case _: return EIO
        }
    }
}
