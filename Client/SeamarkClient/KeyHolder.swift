internal import Glibc
public import SeamarkCrypto
public import SeamarkJournal

/// Keeps unlocked stores open for the next commands, until a time-out: their keys lie in the kernel's keyring or, where the kernel
/// gives none, with a key agent (`KeyAgentProcess`).
public enum KeyHolder: String, Sendable {
    case kernel, agent

    public static let usualMinutes = 480
    /// A day and a half: a store is not left open over a weekend.
    public static let mostMinutes = 36 * 60

    /// Keeps the key of `store` for `minutes`, in place of what was kept by whomever. Returns who keeps it now.
    /// Throws `KeyringError` or `KeyAgentFailure`.
    public static func keep(_ key: SecretBytes, of store: Identifier, minutes: Int) throws -> KeyHolder {
        precondition((1...mostMinutes).contains(minutes), "the command checks its bounds")
        do throws(KeyringError) {
            try KernelKeyring().put(key, named: name(store), timeoutSeconds: UInt32(minutes * 60))
            for line in lines { _ = try? line.ask(.forget(store)) }
            return .kernel
        } catch {
            guard error.suggestsAgent else { throw error }
        }
        try give(key, of: store, seconds: UInt32(minutes * 60))
        // What was kept before the kernel refused would outlive this time-out.
        _ = try? KernelKeyring().remove(named: name(store))
        return .agent
    }

    /// Nil when the store is locked. Throws `KeyringError` or `KeyAgentFailure`.
    public static func key(of store: Identifier) throws -> SecretBytes? { try find(store)?.key }

    /// Who keeps the key of `store`; nil when nobody does.
    public static func holder(of store: Identifier) -> KeyHolder? { (try? find(store))?.holder }

    /// False when it was locked already. Throws `KeyringError` or `KeyAgentFailure`, when everybody was asked.
    @discardableResult
    public static func forget(_ store: Identifier) throws -> Bool {
        var wasKept = false
        var failure: (any Error)?
        do throws(KeyringError) { wasKept = try KernelKeyring().remove(named: name(store)) } catch {
            if !error.suggestsAgent { failure = error }
        }
        for line in lines {
            do { wasKept = try line.ask(.forget(store))?.word == .done || wasKept } catch { failure = error }
        }
        if let failure { throw failure }
        return wasKept
    }

    private static func find(_ store: Identifier) throws -> (key: SecretBytes, holder: KeyHolder)? {
        do throws(KeyringError) {
            if let key = try KernelKeyring().read(named: name(store)) { return (key, .kernel) }
        } catch {
            guard error.suggestsAgent else { throw error }
        }
        for line in lines {
            if let key = try line.ask(.give(store))?.key { return (key, .agent) }
        }
        return nil
    }

    private static func name(_ store: Identifier) -> String { "seamark:\(store)" }

    // MARK: - The agent

    /// To wherever an agent of this user may listen.
    private static var lines: [KeyAgentLine] {
        KeyAgentPlace.there(of: KeyAgentPlace.ofThisProcess, user: geteuid()).map(KeyAgentLine.init)
    }

    /// How often an agent is started at most: one that ends just now takes nothing any more.
    private static let mostStarts = 50

    private static func give(_ key: SecretBytes, of store: Identifier, seconds: UInt32) throws {
        let place: KeyAgentPlace
        do throws(KeyAgentPlace.Refusal) { place = try KeyAgentPlace.made(of: KeyAgentPlace.ofThisProcess, user: geteuid()) } catch {
            throw KeyAgentFailure.noPlace("\(error)")
        }
        for start in 0...mostStarts {
            if let answer = try KeyAgentLine(place: place).ask(.keep(store, seconds: seconds), bringing: key) {
                guard answer.word == .done else { throw answer.word == .full ? KeyAgentFailure.full : .failed("keeping a key", EPROTO) }
                for other in lines where other.place != place { _ = try? other.ask(.forget(store)) }
                return
            }
            if start > 1 { usleep(20_000) }
            if start < mostStarts { try KeyAgentProcess.start(at: place) }
        }
        throw KeyAgentFailure.silent
    }
}
