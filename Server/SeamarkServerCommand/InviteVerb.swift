internal import ArgumentParser
internal import Glibc
internal import SeamarkQR
internal import SeamarkServer

struct InviteVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Make an invitation: one line that lets one device of a member enrol, once.",
        discussion: """
            For example:
              seamark-server invite ann --tenant halden
              seamark-server invite ann --confirm --minutes 1440
              seamark-server invite ann --qr

            The line is a secret until it is used. Hand it over by a way that only the member reads. Without --confirm it is valid for \(TenantOffice.usualMinutes) minutes. With \
            --confirm it is valid for 72 hours, and the device that it makes waits: it reads nothing, and nothing is taken from it, until device confirm is \
            given the six words that it shows.

            With --qr it is drawn as a QR code in place of the line, for a camera to read: some 60 columns and 30 lines of a terminal. Clear the screen afterwards.
            """)

    @OptionGroup var tenant: TenantOption
    @Argument(help: "The member's short name or id.", completion: NameCompletion.members)
    var member: String
    @Flag(help: "The device waits until its six words are confirmed; the invitation is valid for up to 72 hours.")
    var confirm = false
    @Option(help: "How long it is valid, up to \(TenantOffice.usualMinutes); with --confirm up to \(TenantOffice.mostMinutes).")
    var minutes: Int?
    @Option(help: "HOST:PORT in the invitation, where it differs from init's.")
    var name: String?
    @Flag(help: "Draw it as a QR code, dark on light whatever the terminal's colours.")
    var qr = false
    @Flag(help: "With --qr: without colours, for a file or a printer; dark is drawn, light is left.")
    var plain = false
    @OptionGroup var trial: TrialOption

    func validate() throws {
        if let minutes, !confirm, minutes > TenantOffice.usualMinutes {
            throw ValidationError("An invitation is valid for up to \(TenantOffice.usualMinutes) minutes; say --confirm for one that is valid longer, and confirm the device.")
        }
        if plain, !qr { throw ValidationError("--plain is about how --qr draws.") }
    }

    func run() throws {
        var drawing: String?
        let line = try tenant.open(isTrial: trial.dryRun).invite(member, minutes: minutes, address: name, confirming: confirm) { line in
            if qr { drawing = try draw(line.text) }
        }
        // A line that opens nothing is no use to anybody.
        if trial.dryRun {
            return trial.say(
                "", trial: "make an invitation for \(member), valid for \(minutes ?? (confirm ? TenantOffice.mostMinutes : TenantOffice.usualMinutes)) minutes\(confirm ? ", whose device waits to be confirmed" : "")")
        }
        Output.note("An invitation of \(member) was made, and nobody has read it: make another one; this one ends by itself.")
        Output.text(drawing ?? line.text + "\n")
    }

    /// Before there is such an invitation: one that could not be shown would serve nobody.
    private func draw(_ text: String) throws -> String {
        let doing = "drawing the invitation"
        let isTerminal = isatty(STDOUT_FILENO) == 1
        guard isTerminal || plain else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "the output is no terminal, and a QR code of it has colours of one",
                remedy: "run it in a terminal, say --plain for black on white paper, or leave --qr out for the line; no invitation was made")
        }
        let code: QRCode
        do { code = try QRCode(of: Array(text.utf8)) } catch {
            throw OperationFailure(.badInput, doing: doing, wrong: "it does not fit a QR code", remedy: "leave --qr out for the line; no invitation was made")
        }
        let drawing = HalfBlocks(code)
        if let width = Output.width, width < drawing.width {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "the terminal has \(width) columns, and the QR code takes \(drawing.width)",
                remedy: "make it wider, or its letters smaller, or leave --qr out for the line; no invitation was made")
        }
        if isTerminal {
            Output.say("The code is \(drawing.width) columns wide and \(drawing.height) lines high; all of it must be seen at once.\n", on: STDERR_FILENO)
        }
        return isTerminal && !plain ? drawing.coloured : drawing.plain
    }
}
