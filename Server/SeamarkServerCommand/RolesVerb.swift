internal import ArgumentParser
internal import SeamarkModel

struct RolesVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles", abstract: "Who may do what to which records.",
        discussion: """
            For example:
              seamark-server roles

            C create, E edit, D delete and restore, R resolve; in small letters on records of one's own only; - nothing.
            """)

    @Flag(help: "As JSON.") var json = false

    func run() throws {
        if json { Output.json(RoleTable.json, .roles) } else { Output.text(RoleTable.text) }
    }
}
