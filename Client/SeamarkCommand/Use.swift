import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct Use: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Choose the tenant and engagement that commands mean; alone, list them.",
        discussion: """
            For example:
              seamark use                   what there is
              seamark use halden baseline
            """)

    @Argument(help: "The tenant.", completion: HandleCompletion.tenants) var tenant: String?
    @Argument(help: "The engagement, by its handle.", completion: HandleCompletion.engagementsOfTenant) var engagement: String?

    @Option(help: ArgumentHelp("Read the passphrase from this file descriptor, for scripts.", valueName: "n"))
    var passphraseFd: Int32?

    @OptionGroup var trial: DryRunOption
    @OptionGroup var format: JSONOption

    func run() throws {
        let home = try Workplace.home()
        if let tenant {
            let name = try self.name(of: tenant, home)
            var title: String?
            // The engagement first: an unknown one changes nothing.
            if let engagement {
                let place = try workplace(name)
                let id = try place.engagement(called: engagement)
                if !trial.dryRun { try place.device.store.transaction { try $0.append(.setting(.currentScope, .id(id))) } }
                title = try place.engagements().first { $0.id == id }.map { "\($0.handle) (\($0.title))" }
            }
            if !trial.dryRun { try home.choose(name) }
            if !format.json { return Terminal.line(trial.dryRun ? "Commands would work for " : "Commands now work for ", .init(name, .bold), .init(title.map { ", on \($0)." } ?? ".")) }
        }
        let all = try home.tenants()
        if all.isEmpty { throw TenantHome.Failure.noTenant }
        let chosen = try? home.tenant(asked: nil)
        var documents: [JSONValue] = []
        var table = Table(["", "tenant", "engagement", "title"])
        for name in all {
            let place: Workplace?
            do { place = isOpen(name, home) ? try workplace(name) : nil } catch let failure as Workplace.Failure where failure.isWiped {
                throw failure
            } catch { place = nil }
            let engagements = (try? place?.engagements()) ?? []
            let current = try? place?.engagement()
            documents.append(
                .object([
                    JSONMember("tenant", .string(name)), JSONMember("chosen", .bool(name == chosen)), JSONMember("locked", .bool(place == nil)),
                    JSONMember("engagements", .array(engagements.map { engagement in
                        .object([
                            JSONMember("id", .string(engagement.id.description)), JSONMember("handle", .string(engagement.handle)),
                            JSONMember("title", .string(engagement.title)), JSONMember("chosen", .bool(engagement.id == current)),
                        ])
                    })),
                ]))
            let mark = name == chosen ? "*" : ""
            if engagements.isEmpty { table.add([mark, name, place == nil ? "(locked)" : "(none yet)", ""]) }
            for (index, engagement) in engagements.enumerated() {
                table.add([index == 0 ? mark : "", index == 0 ? name : "", engagement.handle + (engagement.id == current ? " *" : ""), engagement.title])
            }
        }
        if format.json { Terminal.json(.array(documents), .use) } else { table.show() }
    }

    private func name(of tenant: String, _ home: TenantHome) throws -> String {
        do {
            return try home.tenant(asked: tenant)
        } catch {
            guard case .unknownTenant(let asked, let names) = error else { throw error }
            throw notATenant(asked, names, home)
        }
    }

    /// Somebody may have meant an engagement.
    private func notATenant(_ asked: String, _ names: [String], _ home: TenantHome) -> any Error {
        for name in names where isOpen(name, home) {
            guard let handle = try? workplace(name).engagements().first(where: { $0.handle.lowercased() == asked.lowercased() })?.handle else { continue }
            return Explained(.notChosen, "'\(asked)' is no tenant but an engagement of \(name). Say 'seamark use \(name) \(handle)'.")
        }
        return TenantHome.Failure.unknownTenant(asked, names)
    }

    private func workplace(_ tenant: String) throws -> Workplace {
        var options = WorkOptions()
        options.tenant = tenant
        options.engagement = nil
        options.passphraseFd = passphraseFd
        return try Workplace(options, to: .work)
    }

    /// Listing asks for no passphrase.
    private func isOpen(_ tenant: String, _ home: TenantHome) -> Bool {
        passphraseFd != nil || (try? KeyHolder.key(of: DeviceStore(at: home.storePath(tenant)).id)) != nil
    }
}
