internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore

struct DeviceVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "The members' laptops.",
        discussion: """
            For example:
              seamark-server device list --tenant halden
              seamark-server device revoke B --tenant halden
            """, subcommands: [List.self, Confirm.self, Adopt.self, Revoke.self, Wipe.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the devices, with what each said when it was last heard.",
            discussion: "For example:\n  seamark-server device list --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let devices = try tenant.open().devices()
            if json {
                return Output.json(.array(devices.map(DeviceText.document)), .device)
            }
            Output.table(
                ["device", "member", "name", "enrolled", "certificate until", "heard", "unsent", "in quarantine", "state", "id"],
                devices.map { item in
                    let device = item.device
                    return [
                        device.letters, item.member, device.name, Output.time(device.enrolled), device.certificateEnd.map { Output.time($0) } ?? "-",
                        device.contact.map { Output.time($0.time) } ?? "never", device.contact.map { String($0.unsent) } ?? "-", "\(item.quarantined)", DeviceText.state(item),
                        device.id.description,
                    ]
                }, empty: "There are no devices.", spare: [9, 4])
        }
    }

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Confirm a device that waits, by the six words that it shows: from then on it reads and hands in.",
            discussion: """
                For example:
                  seamark-server device confirm B "acid acorn actor adult agent album"

                A device waits when its invitation was made with --confirm, and when somebody tried its invitation once more. Call its member, and have \
                the words read to you that seamark enrol, seamark status and seamark sync show on the laptop. Do not take them from a \
                message that anybody may have sent. Words that are not the device's are refused, and the try is an act in the audit log.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The device's letters or id.", completion: NameCompletion.devices)
        var device: String
        @Argument(help: "The six words, in any case, with spaces or hyphens between.")
        var words: [String]

        func run() throws {
            let confirmed = try tenant.open().confirm(device, words: words.joined(separator: " "))
            Output.done("Device \(confirmed.letters) is confirmed: it reads and hands in at its next sync.")
        }
    }

    struct Adopt: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a device back that the store has lost, by the six words that it shows.",
            discussion: """
                For example:
                  seamark-server device adopt 01a2283b-1f6f-70c5-8c6f-be86e0ef4001 "lusab babad gutih tugad bihoz gofav" --letters B

                A server that was put back to an older copy does not know the devices that enrolled after it. One that comes with a certificate of this \
                tenant has an alarm in seamark-server status, with its id. Call its member, and have the words and letters read to you that seamark sync \
                shows on the laptop; do not take them from a message that anybody may have sent. Words that are not the device's are refused, and the try is an \
                act in the audit log. Taken back, it syncs as before, and hands in what it holds. Where it had been revoked before the server was put \
                back, say --revoked: then it hears so, reads nothing, and what it holds goes into quarantine.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The device's id, as status names it.")
        var device: String
        @Argument(help: "The six words, in any case, with spaces or hyphens between.")
        var words: [String]
        @Option(help: "The letters that its handles have (default: as the directory has them, or the next).")
        var letters: String?
        @Flag(help: "It had been revoked, and is again.") var revoked = false

        func run() throws {
            let adopted = try tenant.open().adoptDevice(device, words: words.joined(separator: " "), revoked: revoked, letters: letters)
            let then = adopted.revoked == nil ? "it hands in what it holds at its next sync, and reads" : "it is revoked, and what it holds goes into quarantine when it syncs"
            let other = letters.map { $0 == adopted.letters ? "" : " It is listed as \(adopted.letters), not \(Output.shown($0))." } ?? ""
            Output.done("Took device \(adopted.letters) (\(adopted.id)) back: \(then).\(other)")
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a device: it reads nothing any more. What it still holds is taken into quarantine when it syncs.",
            discussion: "For example:\n  seamark-server device revoke B --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The device's letters or id.", completion: NameCompletion.devices)
        var device: String
        @OptionGroup var trial: TrialOption

        func run() throws {
            let revoked = try tenant.open(isTrial: trial.dryRun).revoke(device)
            trial.say(
                "Device \(revoked.letters) is revoked; a running server ends its connections within a second.",
                trial: "revoke device \(revoked.letters) (\(Output.shown(revoked.name)))")
        }
    }

    struct Wipe: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a device and have it destroy everything that it holds of this tenant.",
            discussion: """
                For example:
                  seamark-server device wipe B         what it would mean
                  seamark-server device wipe B --yes

                At its next contact the device hands in the changes that have no receipt, into quarantine, and attachments whose rows headquarters has let \
                in, and then destroys its store, the key first. From the moment that it hears of the order it shows nothing. What it cannot hand in by its third contact is destroyed all \
                the same, and so are attachments that were not handed in. An order cannot be taken back. device list says when the device \
                reported that it was done; a device that stays offline, or whose program was changed, does not obey.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The device's letters or id.", completion: NameCompletion.devices)
        var device: String
        @Flag(help: "Order it, and do not only tell what it would mean.") var yes = false
        @OptionGroup var trial: TrialOption

        func run() throws {
            let office = try tenant.open()
            guard yes, !trial.dryRun else {
                let found = try office.device(device)
                let unsent = found.contact.map { "When it was last heard, \(Output.time($0.time)), it held \(DeviceText.words($0.work) ?? "nothing") without a receipt." }
                print("Device \(found.letters) (\(Output.shown(found.name))) would be revoked and wiped for ever. \(unsent ?? "It was never heard.") Nothing was ordered; say --yes to order it.")
                return
            }
            let ordered = try office.wipe(device)
            if let wiped = ordered.wipe?.wiped { return print("Device \(ordered.letters) said \(Output.time(wiped)) that it is wiped.") }
            Output.done("Device \(ordered.letters) is revoked, and is wiped at its next contact; a running server ends its connections within a second.")
        }
    }
}
