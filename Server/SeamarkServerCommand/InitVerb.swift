internal import ArgumentParser
internal import SeamarkServer

struct InitVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a data directory: the installation's authority, the server's certificate, its keys.",
        discussion: """
            For example:
              seamark-server init --name seamark.example.com:7440
              seamark-server init --data /srv/seamark --keys /mnt/keys --name 192.0.2.10:7440
            """)

    @OptionGroup var data: DataOption

    @Option(help: "HOST:PORT as devices reach the server; it stands in invitations.")
    var name = "127.0.0.1:7440"
    @OptionGroup var trial: TrialOption

    func run() throws {
        if trial.dryRun {
            let keys = try Installation.foresee(in: data.directory, address: name)
            return trial.say("", trial: "make the data directory \(Output.shown(data.directory.path)) for \(Output.shown(name)); the keys of its tenants would lie in \(Output.shown(keys))")
        }
        let installation = try Installation.create(in: data.directory, address: name)
        Output.done("Made the data directory \(Output.shown(data.directory.path)) for \(Output.shown(installation.address)); the keys of its tenants lie in \(Output.shown(installation.keyFolder.path)).")
        print("Next: seamark-server tenant add NAME")
    }
}
