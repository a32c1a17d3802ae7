import Foundation
import Glibc
import Testing

/// What users of other field collection products lost, each named after what must not happen here. `Documentation/Regressions.md` has
/// the whole list; these are the ones that take the real programs.
@Suite(.serialized) struct RegressionCatalogueTests {
    /// `ann` (by a link that can stall) and `bob`, staffed on one engagement.
    private func meeting(_ body: (Headquarters, Link, Laptop, Laptop) throws -> Void) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        try body(headquarters, link, try Laptop(of: "ann", at: headquarters, by: link), try Laptop(of: "bob", at: headquarters))
    }

    private func rows(_ laptop: Laptop, _ type: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(try laptop.must("list", type, "--json").utf8)) as? [[String: Any]])
    }

    private func handle(_ printed: String) throws -> String {
        try #require(printed.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init).first { $0.contains("-") && $0.last?.isNumber == true })
    }

    private func conflicts(_ laptop: Laptop) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(try laptop.must("conflicts", "--json").utf8)) as? [[String: Any]])
    }

    @Test func `no copy is made when the answer to a stored upload is lost again and again, and nothing counts as sent without a receipt`() throws {
        try meeting { headquarters, link, ann, bob in
            // The first fetches what has happened since; the second is what the server says to a laptop that brings nothing.
            try ann.must("sync")
            let greeting = try link.downward { try ann.must("sync") }
            for number in 1...3 { try ann.must("site", "add", "name=Plant \(number)") }
            let before = try headquarters.entries()
            for _ in 1...3 {
                link.stall(afterDownward: greeting + 40)
                let sync = try ann.start(["sync"])
                try eventually("the receipt is held up") { link.hasStalled ? true : sync.status.map { _ in false } }
                try eventually("the work has arrived") { try headquarters.entries() > before ? true : nil }
                link.mend()
                #expect(try sync.finish().status != 0)
                #expect(try ann.unsent() == 3, "without a receipt nothing is sent")
            }
            let heard = try ann.must("sync")
            #expect(heard.contains("Heard that 3 changes sent before had arrived") && !heard.contains("Nothing new"), "\(heard)")
            #expect(try ann.unsent() == 0)
            #expect(try headquarters.entries() == before + 1)
            try bob.must("sync")
            #expect(try rows(bob, "site").count == 3)
        }
    }

    @Test func `nothing leaves the laptop when the sending ended in an error, and a large piece of work does not keep back the next`() throws {
        try meeting { _, link, ann, bob in
            try ann.must("import", ann.file(Interview.file(observations: 120)))
            let (waiting, content) = (try ann.unsent(), try ann.must("export", "-"))
            for bytes in [600, 3000, 9000] {
                link.stall(afterUpward: bytes)
                let sync = try ann.start(["sync"])
                try eventually("the line stands still") { link.hasStalled ? true : sync.status.map { _ in false } }
                link.mend()
                #expect(try sync.finish().status == 69)
                #expect(try ann.unsent() == waiting)
                #expect(try ann.must("export", "-") == content)
            }
            try ann.must("site", "add", "name=Erie depot")
            try ann.must("sync")
            #expect(try ann.unsent() == 0)
            try bob.must("sync")
            #expect(try rows(bob, "observation").count == 120)
            #expect(try rows(bob, "site").count == 2)
        }
    }

    @Test func `two uploads of the same records at the same moment do not make two of each`() throws {
        try meeting { headquarters, _, ann, bob in
            let file = try ann.file(Interview.file(observations: 40))
            for laptop in [ann, bob] { try laptop.must("import", file) }
            let both = [try ann.start(["sync"]), try bob.start(["sync"])]
            for sync in both { #expect(try sync.finish().status == 0) }
            for laptop in [ann, bob] { try laptop.must("sync") }
            for laptop in [ann, bob] {
                #expect(try rows(laptop, "observation").count == 40)
                #expect(try rows(laptop, "site").count == 1)
            }
            #expect(try ann.digests() == bob.digests())
            try headquarters.verb("verify")
        }
    }

    @Test func `the same record with other content is not taken for the first, and does not overwrite it`() throws {
        try meeting { _, _, ann, bob in
            func file(_ name: String) throws -> String {
                try ann.file("{\"format\": \"seamark-engagement\", \"version\": 1, \"sites\": [{\"handle\": \"ST1\", \"name\": \"\(name)\"}]}")
            }
            try ann.must("import", file("Dayton plant"))
            try bob.must("import", file("Dayton works"))
            for laptop in [ann, bob, ann] { try laptop.must("sync") }
            for laptop in [ann, bob] {
                #expect(try rows(laptop, "site").count == 1)
                let conflict = try #require(try conflicts(laptop).first)
                let values = try #require(conflict["values"] as? [[String: Any]]).compactMap { $0["value"] as? String }
                #expect(Set(values) == ["Dayton plant", "Dayton works"])
            }
        }
    }

    @Test func `an import that is repeated does not make a second copy`() throws {
        try meeting { _, _, ann, bob in
            let file = try ann.file(Interview.file(observations: 30))
            try ann.must("import", file)
            #expect(try ann.must("import", file).contains("Nothing to import"))
            try ann.must("sync")
            #expect(try ann.must("import", file).contains("Nothing to import"))
            try bob.must("sync")
            #expect(try bob.must("import", file).contains("Nothing to import"))
            #expect(try rows(bob, "observation").count == 30)
        }
    }

    @Test func `no word that was captured lies in the open on a laptop, before a sync or after it`() throws {
        try meeting { _, _, ann, bob in
            let canaries = ["walkofshame", "galvanising line", "Jo Nakamura"]
            try ann.must("site", "add", "name=The galvanising line", "notes=They call it the walkofshame")
            try ann.must("person", "add", "level=manager", "name=Jo Nakamura (fictitious)")
            for laptop in [ann, bob] {
                try laptop.must("sync")
                #expect(try laptop.must("list", "site").contains("galvanising line"))
                let files = try #require(FileManager.default.enumerator(at: laptop.home, includingPropertiesForKeys: nil))
                for case let file as URL in files where !file.hasDirectoryPath {
                    let bytes = try Data(contentsOf: file)
                    for canary in canaries { #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(file.lastPathComponent) holds \(canary)") }
                }
            }
        }
    }

    @Test func `enrolling a laptop anew does not throw away what it had not sent`() throws {
        try meeting { headquarters, _, ann, bob in
            try ann.must("site", "add", "name=Dayton plant")
            let again = try ann.run(["enrol", "--name", "Laptop again"], input: headquarters.invitation("ann"), passphrase: Laptop.passphrase)
            try #require(again.status == 0, "\(again.error)")
            let homes = try FileManager.default.contentsOfDirectory(atPath: ann.home.path).filter { $0.hasPrefix("halden") }.sorted()
            #expect(homes == ["halden", "halden-2"])
            try ann.must("use", "halden")
            #expect(try ann.unsent() == 1)
            try ann.must("sync")
            #expect(try ann.unsent() == 0)
            try bob.must("sync")
            #expect(try rows(bob, "site").count == 1)
        }
    }

    @Test func `a decision that is killed half-way settles nothing by itself, and loses neither value`() throws {
        try meeting { _, _, ann, bob in
            let site = try handle(ann.must("site", "add", "name=Dayton"))
            for laptop in [ann, bob] { try laptop.must("sync") }
            try ann.must("site", "set", site, "name=Dayton plant")
            try bob.must("site", "set", site, "name=Dayton works")
            for laptop in [ann, bob, ann] { try laptop.must("sync") }
            let begin = DispatchTime.now().uptimeNanoseconds
            try ann.must("resolve", site, "name", "--choose", "1", "--dry-run")
            let duration = DispatchTime.now().uptimeNanoseconds - begin
            for tenths in [2, 5, 8, 10] as [UInt64] {
                let program = try ann.start(["resolve", site, "name", "--choose", "1"])
                usleep(UInt32(duration / 1000 * tenths / 10))
                program.kill()
                let open = try conflicts(ann)
                let log = try ann.must("log", site)
                for value in ["Dayton plant", "Dayton works"] { #expect(log.contains(value), "\(log)") }
                if open.isEmpty { break }
                #expect((open.first?["values"] as? [Any])?.count == 2)
                try ann.must("verify")
            }
            // Nobody but a person settles it: an interrupted decision is not made up by the next sync.
            let (mine, standing) = (try conflicts(ann).count, try conflicts(bob).count)
            #expect(standing == 1)
            for laptop in [ann, bob] { try laptop.must("sync") }
            #expect(try conflicts(bob).count == mine)
        }
    }

    @Test func `a conflict is not known to one laptop alone, and does not depend on who pressed sync`() throws {
        try meeting { headquarters, _, ann, bob in
            let carl = try Laptop(of: "bob", at: headquarters)
            let site = try handle(ann.must("site", "add", "name=Dayton"))
            for laptop in [ann, bob, carl] { try laptop.must("sync") }
            try ann.must("site", "set", site, "name=Dayton plant")
            try bob.must("site", "set", site, "name=Dayton works")
            for laptop in [bob, ann, carl, bob] { try laptop.must("sync") }
            let ids = try [ann, bob, carl].map { try conflicts($0).compactMap { $0["id"] as? String } }
            #expect(ids[0].count == 1)
            #expect(Set(ids).count == 1, "\(ids)")
        }
    }

    @Test func `a value that nobody touched does not travel and overwrites nothing`() throws {
        try meeting { _, _, ann, bob in
            let site = try handle(ann.must("site", "add", "name=Dayton", "headcount=100"))
            for laptop in [ann, bob] { try laptop.must("sync") }
            try bob.must("site", "set", site, "headcount=250")
            try bob.must("sync")
            // Saved again as it was, and another field with it: only the difference is a change.
            try ann.must("site", "set", site, "name=Dayton", "headcount=100")
            #expect(try ann.unsent() == 0)
            try ann.must("site", "set", site, "name=Dayton plant", "headcount=100")
            #expect(try ann.unsent() == 1)
            for laptop in [ann, bob] {
                try laptop.must("sync")
                #expect(try laptop.must("show", site, "--json").contains("250"))
                #expect(try laptop.must("show", site, "--json").contains("Dayton plant"))
            }
        }
    }

    @Test func `what was deleted does not come back with a laptop that was away for long`() throws {
        try meeting { headquarters, _, ann, bob in
            let seam = try handle(ann.must("seam", "add", "name=Release to furnace"))
            for laptop in [ann, bob] { try laptop.must("sync") }
            try bob.must("site", "add", "name=Erie depot")
            try ann.must("seam", "delete", seam)
            try ann.must("sync")
            for number in 1...3 {
                try ann.must("site", "add", "name=Plant \(number)")
                try ann.must("sync")
            }
            for laptop in [bob, ann] { try laptop.must("sync") }
            for laptop in [ann, bob] {
                #expect(try rows(laptop, "seam").isEmpty)
                #expect(try conflicts(laptop).isEmpty)
            }
            #expect(try ann.digests() == bob.digests())
        }
    }

    @Test func `a store that went bad is not read as if it were whole`() throws {
        try meeting { _, _, ann, bob in
            try ann.must("import", ann.file(Interview.file(observations: 60)))
            try ann.must("sync")
            let file = ann.store.appendingPathComponent("rows.sqlite")
            // Into the file itself, as a failing disk would: whatever waits beside it is folded in first.
            let fold = "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute('PRAGMA wal_checkpoint(TRUNCATE)'); d.close()"
            let done = try Program("/usr/bin/env", ["python3", "-c", fold, file.path], in: ann.headquarters.folder).finish()
            try #require(done.status == 0, "\(done.error)")
            var bytes = try Data(contentsOf: file)
            for place in stride(from: bytes.count / 2, to: bytes.count - 16, by: 512) { bytes[place] ^= 0x55 }
            try bytes.write(to: file)
            for words in [["verify"], ["list"], ["export", "-"]] {
                let said = try ann.run(words)
                #expect(said.status == 74, "\(words): \(said.status) \(said.error)")
                #expect(said.error.contains("damaged"), "\(words): \(said.error)")
            }
            // What headquarters signed for is there; a fresh device has it all.
            try bob.must("sync")
            #expect(try rows(bob, "observation").count == 60)
        }
    }

    @Test func `what waits behind the damage of a store that went bad is salvaged and arrives, and the rest is read anew`() throws {
        try meeting { _, _, ann, bob in
            try ann.must("import", ann.file(Interview.file(observations: 60)))
            try ann.must("sync")
            for number in 1...3 { try ann.must("site", "add", "name=Waiting \(number)") }
            let file = ann.store.appendingPathComponent("rows.sqlite")
            let fold = "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute('PRAGMA wal_checkpoint(TRUNCATE)'); d.close()"
            let folded = try Program("/usr/bin/env", ["python3", "-c", fold, file.path], in: ann.headquarters.folder).finish()
            try #require(folded.status == 0, "\(folded.error)")
            // One row that was acknowledged long ago: the longest, which is the import's.
            let flip = """
                import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); n,s=d.execute('SELECT number, sealed FROM row ORDER BY length(sealed) DESC').fetchone()
                s=bytearray(s); s[len(s)//2]^=1; d.execute('UPDATE row SET sealed=? WHERE number=?',(bytes(s),n)); d.commit(); d.close()
                """
            let flipped = try Program("/usr/bin/env", ["python3", "-c", flip, file.path], in: ann.headquarters.folder).finish()
            try #require(flipped.status == 0, "\(flipped.error)")
            for words in [["status"], ["sync"], ["bundle", "export", file.path + ".bundle"], ["list"], ["verify"], ["site", "add", "name=More"]] {
                let said = try ann.run(words)
                #expect(said.status == 74 && said.error.contains("seamark salvage") && said.error.contains("3 changes wait"), "\(words): \(said)")
            }
            func salvage(_ words: String...) throws -> Program.Result { try ann.run(["salvage"] + words, passphrase: Laptop.passphrase) }
            let trial = try salvage("--dry-run")
            #expect(trial.status == 0 && trial.output.contains("3 changes"), "\(trial)")
            #expect(try ann.run(["status"]).status == 74, "a trial alters nothing")
            let done = try salvage()
            #expect(done.status == 0 && done.output.contains("3 changes"), "\(done)")
            #expect(try salvage().status == 65, "it is whole again")
            #expect(try ann.unsent() == 3)
            #expect(done.output.contains("removes the damaged file"))
            try ann.must("site", "add", "name=Waiting 4")
            func setAside() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: ann.store.path).filter { $0.hasPrefix("damaged-") } }
            #expect(try ann.run(["sync", "--cut-after-blocks", "0"]).status != 0)
            #expect(try setAside() == ["damaged-1"], "nothing was handed in")
            try ann.must("sync")
            #expect(try setAside() == [], "what is redacted later would outlast that there")
            #expect(try ann.unsent() == 0)
            try bob.must("sync")
            for laptop in [ann, bob] {
                #expect(try rows(laptop, "observation").count == 60)
                let names = try rows(laptop, "site").compactMap { $0["name"] as? String }
                #expect((1...4).allSatisfy { names.contains("Waiting \($0)") }, "\(names)")
            }
            #expect(try ann.digests() == bob.digests())
            #expect(try ann.must("verify").contains("holds"))
        }
    }
}
