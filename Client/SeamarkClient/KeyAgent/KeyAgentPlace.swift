internal import Foundation
internal import Glibc

/// The folder where the agent of one user listens: of that user alone, or it is not used.
struct KeyAgentPlace: Hashable, Sendable {
    let folder: String

    /// Why a folder is no place for an agent.
    enum Refusal: Error, Hashable {
        case notAbsolute, missing, notAFolder, isLink, ofSomebodyElse, openToOthers
        /// The name of a socket has 107 bytes at most.
        case tooLong
        case failed(Int32)
    }

    static let mostBytes = 107

    var socket: String { folder + "/agent" }
    /// Held by the one agent as long as it lives; empty.
    var lock: String { folder + "/agent.lock" }

    /// Folders in which the agent's own may lie, the best first: those that are gone when the user has left, then the one of the stores.
    static func bases(_ environment: [String: String], user: UInt32, home: String?) -> [String] {
        let named = environment["XDG_RUNTIME_DIR"].flatMap { $0.isEmpty ? nil : $0 + "/seamark" }
        return [named ?? "/run/user/\(user)/seamark", home.map { $0 + "/.agent" }].compactMap(\.self)
    }

    /// The first of the folders that will do, made where it is missing. Throws why the first of all will not.
    static func made(of folders: [String], user: UInt32) throws(Refusal) -> KeyAgentPlace {
        var first: Refusal?
        for folder in folders {
            do throws(Refusal) { return try KeyAgentPlace(folder, user: user, making: true) } catch { first = first ?? error }
        }
        throw first ?? .missing
    }

    /// All that are there and will do: an agent that was started under other settings is found too.
    static func there(of folders: [String], user: UInt32) -> [KeyAgentPlace] {
        var places: [KeyAgentPlace] = []
        for folder in folders {
            if let place = try? KeyAgentPlace(folder, user: user, making: false), !places.contains(place) { places.append(place) }
        }
        return places
    }

    /// Looks at the folder and at the one in which it lies. The latter may be seen by others, but they must not be able to put another one there.
    init(_ folder: String, user: UInt32, making: Bool) throws(Refusal) {
        guard folder.hasPrefix("/") else { throw .notAbsolute }
        guard folder.utf8.count + "/agent.lock".utf8.count <= Self.mostBytes else { throw .tooLong }
        let base = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
        let outer = try Self.facts(base.isEmpty ? "/" : base, following: true)
        guard outer.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder }
        guard outer.st_uid == user else { throw .ofSomebodyElse }
        guard outer.st_mode & 0o022 == 0 else { throw .openToOthers }
        if making, mkdir(folder, 0o700) != 0, errno != EEXIST { throw .failed(errno) }
        let inner = try Self.facts(folder, following: false)
        guard inner.st_mode & S_IFMT != S_IFLNK else { throw .isLink }
        guard inner.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder }
        guard inner.st_uid == user else { throw .ofSomebodyElse }
        guard inner.st_mode & 0o077 == 0 else { throw .openToOthers }
        self.folder = folder
    }

    private static func facts(_ path: String, following: Bool) throws(Refusal) -> stat {
        var facts = stat()
        guard (following ? stat(path, &facts) : lstat(path, &facts)) == 0 else {
            throw errno == ENOENT ? .missing : .failed(errno)
        }
        return facts
    }
}

extension KeyAgentPlace {
    /// The folders for whoever runs this process.
    static var ofThisProcess: [String] {
        let environment = ProcessInfo.processInfo.environment
        var home = (try? TenantHome(environment: environment))?.path
        if let path = home, !path.hasPrefix("/") { home = FileManager.default.currentDirectoryPath + "/" + path }
        return bases(environment, user: geteuid(), home: home)
    }
}

extension KeyAgentPlace.Refusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .notAbsolute: "XDG_RUNTIME_DIR is not a whole path"
        case .missing: "there is no folder for it"
        case .notAFolder: "its folder is no folder"
        case .isLink: "its folder is a link"
        case .ofSomebodyElse: "its folder is somebody else's"
        case .openToOthers: "its folder is open to others"
        case .tooLong: "the name of its folder is too long for a socket"
        case .failed(let code): "its folder cannot be looked at (error \(code))"
        }
    }
}
