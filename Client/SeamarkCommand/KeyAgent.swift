import ArgumentParser
import SeamarkClient

/// Not for people: 'seamark unlock' starts it where the kernel keeps no keys.
struct KeyAgent: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: KeyAgentProcess.verb, abstract: "Keep keys of unlocked stores where the kernel keeps none; started by 'seamark unlock'.", shouldDisplay: false)

    @Argument(help: "The folder of its socket.", completion: .directory) var folder: String

    func run() throws {
        do { try KeyAgentProcess.run(folder: folder) } catch is KeyAgentProcess.NotStarted {
            throw Explained(.refused, "The key agent is started by 'seamark unlock' where the kernel keeps no keys. Nothing was begun: run 'seamark unlock'.")
        }
    }
}
