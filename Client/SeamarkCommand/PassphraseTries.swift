import SeamarkCrypto
import SeamarkStore

/// What is typed at a terminal to open a store: a wrong one is asked for again. What comes by a descriptor is tried once, by whoever reads it.
enum PassphraseTries {
    private static let most = 3

    /// - Parameter open: is given what was typed, nil for an empty line, and throws where it opens nothing.
    static func ask<Value>(_ question: String, _ open: (SecretBytes?) throws -> Value) throws -> Value {
        for _ in 1..<most {
            do { return try open(try Passphrase.ask(question)) } catch {
                guard isWrong(error) else { throw error }
                Terminal.error([.init(Explanation(error).sentence), " Try again."])
            }
        }
        return try open(try Passphrase.ask(question))
    }

    private static func isWrong(_ error: any Error) -> Bool {
        switch error {
        case DeviceStoreError.lock(.wrongPassphrase), DeviceStoreError.wrongRecoveryCode, is MistypedCode: true
        case _: false
        }
    }
}

/// What was typed can be no recovery code.
struct MistypedCode: Error {}
