internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore

struct DeviceVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "The members' laptops.", subcommands: [List.self, Revoke.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the devices, with what each said when it was last heard.")

        @OptionGroup var tenant: TenantOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let devices = try tenant.open().devices()
            if json {
                return Output.json(
                    .array(
                        devices.map { item in
                            let device = item.device
                            var members = [
                                JSONMember("device", .string(device.letters)), JSONMember("id", .string(device.id.description)),
                                JSONMember("member", .string(item.member)), JSONMember("name", .string(device.name)),
                                JSONMember("enrolled", .integer(device.enrolled)), JSONMember("revoked", device.revoked.map { .integer($0) } ?? .null),
                                JSONMember("twoCopies", .bool(item.hasTwoCopies)),
                            ]
                            if let contact = device.contact {
                                members += [
                                    JSONMember("heard", .integer(contact.time)), JSONMember("clockSkew", .integer(contact.skew)),
                                    JSONMember("unsent", .integer(contact.unsent)), JSONMember("software", .string(contact.version)),
                                ]
                            }
                            return .object(members)
                        }))
            }
            Output.table(
                ["device", "member", "name", "enrolled", "heard", "unsent", "state", "id"],
                devices.map { item in
                    let device = item.device
                    return [
                        device.letters, item.member, device.name, Output.time(device.enrolled), device.contact.map { Output.time($0.time) } ?? "never",
                        device.contact.map { String($0.unsent) } ?? "-", device.revoked.map { "revoked \(Output.time($0))" } ?? (item.hasTwoCopies ? "TWO COPIES" : "active"), device.id.description,
                    ]
                }, empty: "There are no devices.")
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a device: it reads nothing any more. What it still holds is taken into quarantine when it syncs.")

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The device's letters or id.")
        var device: String

        func run() throws {
            let revoked = try tenant.open().revoke(device)
            print("Device \(revoked.letters) is revoked; a running server ends its connections within a second.")
        }
    }
}
