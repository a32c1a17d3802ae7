import ArgumentParser
import SeamarkClient
import SeamarkCrypto
import SeamarkModel
import SeamarkStore

/// `seamark bundle export|import`: work that leaves on a stick where there is no network.
struct Bundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hand in work on a USB stick where there is no network.",
        discussion: """
            For example:
              seamark bundle export /media/stick/ann.bundle
              seamark bundle import /media/stick/ann.reply

            'export' writes all that the server has not signed for, of every engagement, sealed so that headquarters alone can read it. There, \
            'seamark-server bundle import FILE --reply REPLY' takes it in; 'import' reads the receipts. An ordinary sync brings them as well. \
            Attachments stay here until a sync.
            """,
        subcommands: [Export.self, Import.self])

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write what is not yet sent into a sealed file.",
            discussion: """
                For example:
                  seamark bundle export /media/stick/ann.bundle

                Nothing leaves the outbox: only receipts do that. A second bundle holds the same work again, which does no harm.
                """)

        @Argument(help: "A file that does not exist yet.", completion: .file()) var file: String
        @OptionGroup var trial: DryRunOption
        @OptionGroup var work: WorkOptions
        @OptionGroup var format: JSONOption

        func run() throws {
            let place = try Workplace(work, to: .handIn)
            if trial.dryRun { return try foresee(place) }
            let export = try place.device.exportBundle(to: file)
            if format.json {
                return Terminal.json(
                    .object([
                        JSONMember("file", export == nil ? .null : .string(file)), JSONMember("blocks", .integer(Int64(export?.blocks ?? 0))),
                        JSONMember("changes", .integer(Int64(export?.changes ?? 0))), JSONMember("bytes", .integer(Int64(export?.byteCount ?? 0))),
                    ]), .bundle)
            }
            guard let export else { return Terminal.line("Everything was handed in already; no file was written.") }
            Terminal.line("Wrote ", .init(file, .bold), ": \(counted(export.changes, "change")), \(bytesInWords(export.byteCount)), sealed to \(place.tenant).")
            Terminal.line("The work stays in the outbox until its receipts are here: by 'seamark bundle import', or by a sync.")
        }

        private func foresee(_ place: Workplace) throws {
            let changes = try place.device.foreseeBundle()
            guard try changes == 0 || !InputFile.exists(file) else { throw Device.BundleFailure.fault(.exists) }
            if changes > 0 { try InputFile.requireWritable(beside: file) }
            if format.json {
                return Terminal.json(
                    .object([JSONMember("file", .null), JSONMember("blocks", .null), JSONMember("changes", .integer(Int64(changes))), JSONMember("bytes", .null)]), .bundle)
            }
            guard changes > 0 else { return Terminal.line("Everything was handed in already; no file would be written.") }
            Terminal.line("Would write ", .init(counted(changes, "change"), .bold), " to ", .init(file, .bold), ", sealed to \(place.tenant). No file was written.")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take in the receipts that came back for a bundle.",
            discussion: """
                For example:
                  seamark bundle import /media/stick/ann.reply

                The outbox forgets exactly what they cover.
                """)

        @Argument(help: "The file that seamark-server bundle import --reply wrote.", completion: .file()) var file: String
        @OptionGroup var trial: DryRunOption
        @OptionGroup var work: WorkOptions
        @OptionGroup var format: JSONOption

        func run() throws {
            let place = try Workplace(work, to: .handIn)
            let reply = try place.device.importReply(from: file, isTrial: trial.dryRun)
            let unsent = try place.device.state.unsentCount
            if format.json {
                return Terminal.json(
                    .object([
                        JSONMember("acknowledged", .integer(Int64(reply.acknowledged))), JSONMember("held", .integer(Int64(reply.held))),
                        JSONMember("refused", .integer(Int64(reply.refused))), JSONMember("ofAnotherEpoch", .integer(Int64(reply.ofAnotherEpoch))),
                        JSONMember("unsent", .integer(Int64(unsent))), JSONMember("stored", .bool(!trial.dryRun)),
                    ]), .bundleReply)
            }
            if trial.dryRun { Terminal.line("The reply is genuine; nothing of it was taken in yet.") }
            Terminal.line(.init(reply.acknowledged == 0 ? "No new receipts." : "Receipts for \(counted(reply.acknowledged, "change")).", .green),
                " \(counted(unsent, "change")) not yet acknowledged.")
            if reply.held > 0 { Terminal.line(.init("\(counted(reply.held, "change")) in quarantine at the server. Nothing is lost; ask headquarters.", .yellow)) }
            if reply.refused > 0 { Terminal.line(.init("\(counted(reply.refused, "change")) could not be taken in and stay here: run 'seamark sync'.", .yellow)) }
            if reply.ofAnotherEpoch > 0 { Terminal.line(.init("The server was restored since; run 'seamark sync'.", .yellow)) }
        }
    }
}

extension Explanation {
    init(_ error: Device.BundleFailure) { self = Self.words(error).naming(error.problem) }

    private static func words(_ error: Device.BundleFailure) -> Explanation {
        switch error {
        case .noKey: Explanation(.notChosen, "This device does not know yet what to seal a bundle to. Run 'seamark sync' once; from then on it needs no network.")
        case .forged: Explanation(.refused, "This reply does not come from your server: its signatures do not verify. Nothing was changed; tell headquarters.")
        case .fault(.notABundle): Explanation(.refused, "This is no bundle of Seamark. Nothing was changed; name the file that 'seamark-server bundle import --reply' wrote.")
        case .fault(.newerVersion): Explanation(.refused, "A newer version made this bundle. Nothing was changed; update Seamark.")
        case .fault(.otherKind): Explanation(.refused, "This is a bundle on its way to headquarters, not a reply. Nothing was changed; import it there with 'seamark-server bundle import'.")
        case .fault(.otherRecipient): Explanation(.refused, "This reply is for another device or tenant. Nothing was changed; name its tenant with --tenant, or take it to its laptop.")
        case .fault(.cutShort): Explanation(.refused, "The file ends before the bundle does. Nothing was changed; copy it again, whole.")
        case .fault(.damaged): Explanation(.refused, "The bundle is not as it was written: damaged, or altered by somebody. Nothing was changed; copy it again.")
        case .fault(.exists): Explanation(.cannotWrite, "There is a file of that name already. Choose another name.")
        case .fault(.noEntropy): Explanation(.exhausted, "The system gives no random bytes. Nothing was written; try again.")
        case .fault(.system(2)): Explanation(.notFound, "There is no such file or directory. Check the name.")
        case .fault(.system(let code)): Self.system(code, "The file", otherwise: .cannotWrite, "cannot be read or written (error \(code)). Check the stick, its free space and its permissions.")
        }
    }
}
