import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTestSupport
import Testing

@testable import SeamarkServer

/// Evidence is judged by two verifiers, ours and one in Python that was written from the specification alone: what was altered is caught by both, at one
/// item and by one word, and what was not is not.
@Suite struct EvidenceTests {
    private typealias Alteration = AlteredEvidence.Alteration

    private static func authority() throws -> Hash256 { try EvidenceSample.authority.get().certificate.fingerprint }

    /// What both say of whole other files, in one process.
    private static func both(_ files: [[UInt8]], trusting authority: Hash256? = nil) throws -> [String] {
        let authority = try authority ?? self.authority()
        let base = AlteredEvidence([UInt8](try EvidenceSample(seed: 0).file()), trusting: try self.authority())
        let trust = EvidenceVerification.Trust.system(authority: authority)
        let ours = files.map { AlteredEvidence.word(of: $0, trust) }
        let theirs = try base.theirs(files.map { Alteration("whole", 0..<base.file.count, $0) })
        #expect(ours == theirs)
        return ours
    }

    @Test func `a log of any seed holds for both verifiers, with its values and without`() throws {
        let samples = (UInt64(0)..<80).map { EvidenceSample(seed: $0) }
        // What the seeds are for is there.
        let entries = samples.flatMap(\.log)
        #expect(entries.contains { $0.entry.verdicts.contains(.duplicate) } && entries.contains { $0.entry.verdicts.contains(.refused(.badText)) })
        #expect(entries.contains { if case .release = $0.entry.content { true } else { false } })
        let words = try Self.both(try samples.flatMap { [try $0.file(), try $0.file(values: false)] })
        #expect(words.count == 160 && words.allSatisfy { $0 == "holds" }, "\(words.filter { $0 != "holds" })")
    }

    @Test func `a file that comes in pieces is judged like the whole`() throws {
        var dice = SplitMix64(seed: 5)
        for seed in UInt64(0)..<6 {
            let file = try EvidenceSample(seed: seed).file()
            var altered = file
            altered[Int(dice.next() % UInt64(file.count))] ^= 1
            for file in [file, altered, Array(file.dropLast(7))] {
                let trust = EvidenceVerification.Trust.system(authority: try Self.authority())
                for most in [1, 3, 700] as [UInt64] {
                    var verification = EvidenceVerification(trust)
                    var start = 0
                    while start < file.count {
                        let end = min(file.count, start + 1 + Int(dice.next() % most))
                        verification.append(Array(file[start..<end]))
                        start = end
                    }
                    #expect(AlteredEvidence.word(verification.finish()) == AlteredEvidence.word(of: file, trust))
                }
            }
        }
    }

    // MARK: Altered by somebody without a key

    /// Of each alteration what both say; none may hold, and they may not differ.
    private static func judge(_ evidence: AlteredEvidence, _ alterations: [Alteration]) throws -> [String: Int] {
        let theirs = try evidence.theirs(alterations)
        #expect(theirs.count == alterations.count)
        var words: [String: Int] = [:]
        var wrong: [String] = []
        for (alteration, theirs) in zip(alterations, theirs) {
            let ours = evidence.ours(alteration)
            if ours == "holds" || ours != theirs { wrong.append("\(alteration.what): \(ours), in Python \(theirs)") }
            words[String(ours.prefix { $0 != " " }), default: 0] += 1
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(alterations.count): \(wrong.prefix(12))")
        return words
    }

    @Test func `every byte of a file matters, and both verifiers agree on the first item that does not hold`() throws {
        var dice = SplitMix64(seed: 11)
        let evidence = AlteredEvidence(try EvidenceSample(seed: 3, entries: 5).file(), trusting: try Self.authority())
        #expect(evidence.whole == "holds")
        let words = try Self.judge(evidence, evidence.flips(0..<evidence.file.count, &dice) + evidence.truncations(0..<evidence.file.count))
        for word in ["form", "truncated", "authority", "serverKey", "checkpoint", "logHash", "receipt", "block", "seal"] {
            #expect(words[word] != nil, "\(word) in \(words)")
        }
    }

    @Test func `two hundred entries of an engagement, altered in every way, are caught by both verifiers at one item and by one word`() async throws {
        let yard = try Yard()
        let (tenant, other) = (try yard.addTenant("halden"), try yard.addTenant("northlink"))
        _ = try tenant.addEngagement(try ShortName(checking: "more", for: "it"), title: "More", currency: "EUR", financials: nil)
        try tenant.staff("anna", on: "more")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben", minutes: 600), try other.invite("anna", minutes: 600)]
        let (ops, more) = (try #require(try tenant.engagements().first { $0.handle == "ops" }).id, try #require(try tenant.engagements().first { $0.handle == "more" }).id)
        let strange = try #require(try other.engagements().first).id
        try await blocking {
            let people = try invitations.map { try Enrolment(port: server.port, $0) }
            let laptops = try people.map { try $0.greeted(port: server.port).0 }
            func push(_ block: Block, _ laptop: Laptop) throws -> Receipt {
                try laptop.send(.push(block))
                guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
                return receipt
            }
            // Two devices by turns, of which one writes notes; now and then something is refused.
            let author = PrivacyTests.Author(people[0], ops)
            var end = StreamEnd.beginning
            for number in 0..<100 {
                let change = author.change(Catalogue.site, try .drawn(at: Int64(number)), handle: "ST-\(number)", [("name", .text("Fictitious \(number)")), ("notes", .text("a note, number \(number)"))])
                _ = try #require(try author.push([change], laptops[0]))
                let block = try people[1].block(ops, incarnation: 2, after: end, name: number % 10 == 9 ? String(repeating: "x", count: 300) : "Plant")
                end = block.end
                let receipt = try push(block, laptops[1])
                if receipt.verdicts == [.refused(.badText)], number % 20 == 9 { _ = try tenant.release([block.changes[0].id]) }
                // Sealed anew in another stream, the same change is a duplicate.
                if number == 50 {
                    let again = Block.seal(block.changes, in: StreamName(device: people[1].enrolled.device, incarnation: 3, scope: ops), after: .beginning, by: people[1].signing, SystemPrimitives())
                    #expect(try push(again, laptops[1]).verdicts == [.duplicate])
                }
            }
            _ = try push(people[0].block(more, incarnation: 4), laptops[0])
            _ = try push(people[2].block(strange), laptops[2])
        }
        await server.stop()
        func export(_ tenant: TenantOffice, _ engagement: String, values: Bool = true) throws -> AlteredEvidence {
            let path = yard.directory.path + "/\(UUID().uuidString)"
            let done = try tenant.exportEvidence(of: engagement, values: values, to: path)
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            #expect(done.bytes == file.count)
            return AlteredEvidence(file, trusting: done.authority)
        }
        let evidence = try export(tenant, "ops")
        let (sibling, foreigner) = (try export(tenant, "more"), try export(other, "ops"))
        let bare = try export(tenant, "ops", values: false)
        #expect(evidence.count > 210 && [evidence, sibling, foreigner, bare].allSatisfy { $0.whole == "holds" })

        var dice = SplitMix64(seed: 23)
        let sample = (0..<1200).map { _ in Int(dice.next() % UInt64(evidence.file.count)) }
        var alterations = evidence.rearrangements + evidence.truncations(sample.prefix(200)) + evidence.flips(sample, &dice)
        alterations += evidence.foreign(sibling, "another engagement's") + evidence.foreign(foreigner, "another tenant's")
        // From the beginning on it is no alteration, but the other engagement's own evidence. And entries of the directory are the same in both.
        alterations.removeAll { $0.what == "another engagement's from 0" || !evidence.isAltered(by: $0) }
        let words = try Self.judge(evidence, alterations)
        for word in ["form", "truncated", "end", "logHash", "receipt", "block"] { #expect(words[word] != nil, "\(word) in \(words)") }
        #expect(alterations.count > 3000)

        let verbatim = FileManager.default.temporaryDirectory.appending(path: "seamark-evidence-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: verbatim) }
        try Data(evidence.file).write(to: verbatim)
        #expect(try AlteredEvidence.python("verify_evidence.py", [evidence.trust.authority.description, verbatim.path]) == "holds\n")
        let acts = try tenant.audit()
        #expect(acts.count { $0.act == "evidence.export" } == 3)
    }

    // MARK: Altered by somebody with the server's key

    @Test func `whoever holds the server's key alters no block, leaves none out of a stream, and writes for no device`() throws {
        let sample = EvidenceSample(seed: 3, entries: 9)
        func forged(_ alter: (inout EvidenceSample) throws -> Void) throws -> [UInt8] {
            var forged = sample
            try alter(&forged)
            return try forged.file()
        }
        // One that another follows, and whose changes stand nowhere else.
        let middle = try #require(
            sample.log.indices.first { index in
                guard let block = sample.log[index].block, sample.log.contains(where: { $0.block?.previous == block.hash }) else { return false }
                let others = sample.log.indices.filter { $0 != index }.compactMap { sample.log[$0].block }.flatMap(\.changes)
                return !block.changes.contains { change in others.contains { $0.id == change.id } }
            })
        let block = try #require(sample.log[middle].block)
        let first = sample.directory.count + 2
        let (entry, verdicts) = (sample.log[middle].entry, sample.log[middle].entry.verdicts)
        func sealed(by key: SigningKey, as device: Identifier, in scope: Identifier, _ changes: [Change]? = nil) -> Block {
            let changes = changes ?? block.changes.map { Change(scope: scope, stamp: Stamp(time: $0.stamp.time, device: device), member: $0.member, schema: 1, edits: $0.edits, primitives: EvidenceSample.primitives) }
            return Block.seal(changes, in: StreamName(device: device, incarnation: 77, scope: scope), after: .beginning, by: key, EvidenceSample.primitives)
        }
        func put(_ block: Block, _ verdicts: [Verdict]) -> (inout EvidenceSample) throws -> Void {
            { $0.log.append((LogEntry(content: .block(block.hash), verdicts: verdicts, received: 5), block)) }
        }
        let device = block.stream.device
        let author = try #require(sample.devices.first { $0.id == device })
        let last = sample.directory.count + sample.log.count + 2
        let accepted = [Verdict](repeating: .accepted, count: block.changes.count)
        let strange = Identifier(high: 1, low: 2)
        let files: [(String, [UInt8])] = [
            // One left out of the middle.
            ("gap", try forged { $0.log.remove(at: middle) }),
            // Words put into a device's mouth; those of a device that nobody knows.
            ("signature \(last)", try forged(put(sealed(by: sample.serverKey, as: device, in: sample.scope), accepted))),
            ("author \(last)", try forged(put(sealed(by: sample.serverKey, as: strange, in: sample.scope), accepted))),
            // True words of another engagement.
            ("scope \(last)", try forged(put(sealed(by: author.key, as: device, in: strange), accepted))),
            // The same block once more; its changes once more, as if they were new.
            ("repeated \(last)", try forged(put(block, [Verdict](repeating: .duplicate, count: verdicts.count)))),
            ("verdicts \(last)", try forged(put(sealed(by: author.key, as: device, in: sample.scope, block.changes), accepted))),
            ("verdicts \(first + middle)", try forged { $0.log[middle].entry = LogEntry(content: entry.content, verdicts: verdicts + [.accepted], received: entry.received) }),
            // The directory does not publish the author.
            ("author", try forged { $0.directory = [$0.directory[$0.directory.count - 1]] }),
            // It does, in somebody's own block.
            ("author 2", try forged { forged in
                let edit = Edit(record: device, type: 3, target: .field(11), content: .open(.bytes(author.key.publicKey)))
                let change = Change(scope: sample.shared, stamp: Stamp(time: 1, device: device), member: device, schema: 1, edits: [edit], primitives: EvidenceSample.primitives)
                let own = Block.seal([change], in: StreamName(device: device, incarnation: 1, scope: sample.shared), after: .beginning, by: author.key, EvidenceSample.primitives)
                forged.directory = [(LogEntry(content: .block(own.hash), verdicts: [.accepted], received: 1), own)]
            }),
        ]
        let words = try Self.both(files.map(\.1))
        for ((expected, _), word) in zip(files, words) { #expect(word == expected || !expected.contains(" ") && word.hasPrefix(expected + " "), "\(word), not \(expected)") }
    }

    @Test func `a checkpoint that was given out catches a tail that was cut off, an entry that was put in, and another verdict, time or digest`() throws {
        for seed in [UInt64(3), 8, 21] {
            let sample = EvidenceSample(seed: seed, entries: 7)
            let given = sample.checkpoint
            func forged(_ alter: (inout EvidenceSample) -> Void) throws -> [UInt8] {
                var forged = sample
                alter(&forged)
                return try forged.file(checkpoint: given)
            }
            let end = sample.directory.count + 2 + sample.log.count
            let (entry, block) = try #require(sample.log.last { $0.block != nil })
            let place = try #require(sample.log.lastIndex { $0.block != nil })
            let wrongDigest = Checkpoint(
                epoch: given.epoch, scopes: given.scopes.map { Checkpoint.Scope(scope: $0.scope, place: $0.place, digest: ScopeDigest(high: $0.digest.high ^ 1, low: $0.digest.low)) },
                time: given.time, signer: sample.serverKey)
            let words = try Self.both([
                try forged { $0.log.removeLast() }, try forged { $0.log.append((LogEntry(content: .release([.zero]), verdicts: [], received: 1), nil)) },
                try forged { $0.log[place] = (LogEntry(content: entry.content, verdicts: entry.verdicts, received: entry.received + 1), block) },
                try forged { $0.directory.removeLast() }, try sample.file(checkpoint: wrongDigest),
            ])
            #expect(words == ["end \(end - 1)", "end \(end)", "checkpoint \(end - 1)", "end \(sample.directory.count + 1)", "digest \(end)"])
        }
    }

    @Test func `a file that brings its own authority, or a key that the authority did not sign, is not believed`() throws {
        let sample = EvidenceSample(seed: 4)
        let (ours, stranger) = (try EvidenceSample.authority.get(), try EvidenceSample.otherAuthority.get())
        let words = try Self.both([
            try sample.file(authority: stranger), try sample.file(authority: stranger, certificate: ours.certificate),
            try sample.file(endorsed: SigningKey.generate().publicKey),
        ])
        #expect(words == ["authority 1", "serverKey 1", "serverKey 1"])
    }

    @Test func `a file of a megabyte with thousands of entries holds, and a sample of it altered by a seed is caught by both verifiers at one item and by one word`() throws {
        let sample = EvidenceSample(seed: 2026, entries: 2_400)
        let file = try sample.file()
        var dice = SplitMix64(seed: 20_261_129)
        let places = Set((0..<160).map { _ in 5 + Int(dice.next() % UInt64(file.count - 5)) }).sorted()
        let alterations = places.map { place in
            switch dice.next() % 4 {
            case 0: AlteredEvidence.Alteration("a byte taken out", place..<place + 1, [])
            case 1: AlteredEvidence.Alteration("a byte put in", place..<place, [UInt8(truncatingIfNeeded: dice.next())])
            default: AlteredEvidence.Alteration("a bit", place..<place + 1, [file[place] ^ 1 << UInt8(dice.next() % 8)])
            }
        }
        let (whole, ours, items) = AlteredEvidence.walking(file, trusting: try Self.authority(), alterations)
        #expect(file.count > 900_000 && items > 2_400, "\(file.count) bytes, \(items) items")
        #expect(whole == "holds")
        #expect(ours.count == alterations.count && !ours.contains("holds"))
        // The other one reads each copy from its beginning: of every fourth.
        let some = alterations.indices.filter { $0 % 4 == 0 }
        let evidence = try AlteredEvidence.theirs(file, trusting: Self.authority(), some.map { alterations[$0] })
        for (index, word) in zip(some, evidence) { #expect(word == ours[index], "\(alterations[index].what) at \(places[index])") }
        #expect(Set(ours.compactMap { $0.split(separator: " ").first }).count >= 4, "\(Set(ours))")
    }

    @Test func `a log over which the server's key was replaced holds, and what an earlier key signed of it anew does not: both verifiers say where`() throws {
        let sample = try #require((UInt64(1)..<200).lazy.map { EvidenceSample(seed: $0, entries: 8) }.first { $0.devices.count == 3 }).after(keys: 2)
        let (old, older) = (sample.earlier[1].key, sample.earlier[0].key)
        let (first, end) = (sample.directory.count + 2, sample.directory.count + sample.log.count + 2)
        let present = (sample.epoch, sample.serverKey)
        let stranger = try SigningKey.generate()
        let block = try #require(sample.log.firstIndex { $0.block != nil })
        let release = sample.log.firstIndex { $0.block == nil }
        func signed(_ key: SigningKey, _ isHere: @escaping (EvidenceSample.Signed) -> Bool) throws -> [UInt8] { try sample.file { isHere($0) ? key : nil } }
        func of(entry index: Int) -> (EvidenceSample.Signed) -> Bool { { if case .entry(index) = $0 { true } else { false } } }
        // The server's own words in an epoch of before, which was another log's: nothing that it signs there counts here.
        var cases: [(String, [UInt8])] = [
            ("holds", try sample.file()), ("holds", try sample.file(values: false)),
            // Any order behind the first, and keys that sealed nothing.
            ("holds", try sample.file(keys: [present] + sample.earlier)), ("holds", try sample.file(keys: [present] + sample.earlier + [(5, stranger)])),
            // A block of the server whose key is not named, the newer and the older.
            ("signature 3", try sample.file(keys: [present, sample.earlier[0]])), ("signature 2", try sample.file(keys: [present, sample.earlier[1]])),
            ("signature 2", try sample.file(keys: [present])),
            // The former key first, in its own epoch and in the present one.
            ("serverKey 1", try sample.file(keys: [sample.earlier[1], present])), ("checkpoint 1", try sample.file(keys: [(sample.epoch, old), present])),
            ("checkpoint 1", try signed(old) { if case .checkpoint = $0 { true } else { false } }),
            ("receipt 2", try signed(old) { if case .shared(0) = $0 { true } else { false } }),
            ("receipt \(first + block)", try signed(old, of(entry: block))), ("receipt \(first + block)", try signed(older, of(entry: block))),
            ("seal \(end)", try signed(old) { if case .end = $0 { true } else { false } }),
        ]
        if let release { cases.append(("receipt \(first + release)", try signed(old, of(entry: release)))) }
        let words = try Self.both(cases.map(\.1))
        #expect(words == cases.map(\.0))
        // As many as a greeting names, and one more.
        let many = EvidenceSample(seed: 5, entries: 3).after(keys: 16)
        #expect(try Self.both([many.file(), many.file(keys: [(many.epoch, many.serverKey)] + many.earlier + [(7, stranger)])]) == ["holds", "form 1"])
    }

    @Test func `the key of a device is read from the field of the catalogue that holds it`() {
        #expect(Catalogue.device.number == 3 && Catalogue.device.field(key: "signingKey")?.number == 11)
    }

    @Test func `who has read the log, or has a receipt for it, finds every rewriting that the server's key can make`() throws {
        let sample = EvidenceSample(seed: 6, entries: 8)
        let authority = try Self.authority()
        var places: [UInt64: Hash256] = [:]
        var place = LogPlace.beginning
        for (entry, _) in sample.log {
            place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, EvidenceSample.primitives))
            places[place.position] = place.hash
        }
        func word(_ sample: EvidenceSample, epoch: UInt64? = nil, knowing known: [UInt64: Hash256]? = nil, isReplaced: Bool = false) throws -> String {
            let system = EvidenceVerification.Trust.system(authority: authority)
            let memory = EvidenceVerification.Memory(epoch: epoch ?? sample.epoch, places: known ?? places, furthest: (place.position, 1_000))
            return AlteredEvidence.word(
                of: try sample.file(), EvidenceVerification.Trust(authority: authority, primitives: system.primitives, isEndorsed: system.isEndorsed, remembered: [sample.scope: memory],
                    replacedKeys: isReplaced ? [sample.serverKey.publicKey] : []))
        }
        #expect(try word(sample) == "holds")
        let first = sample.directory.count + 2
        for index in sample.log.indices {
            var forged = sample
            let (entry, block) = forged.log[index]
            forged.log[index] = (LogEntry(content: entry.content, verdicts: entry.verdicts, received: entry.received - 1), block)
            #expect(try word(forged) == "remembered \(first + index)")
            // Of another epoch it knows nothing.
            #expect(try word(forged, epoch: sample.epoch ^ 1) == "holds")
            // But where it has heard that the key was replaced, it takes that key's word for what it remembers, and for nothing else.
            #expect(try word(forged, epoch: sample.epoch ^ 1, isReplaced: true) == "remembered \(first + index)")
        }
        var cut = sample
        cut.log.removeLast()
        #expect(try word(cut) == "remembered \(first + cut.log.count)")
        #expect(try word(sample, isReplaced: true) == "holds" && word(sample, epoch: sample.epoch ^ 1, isReplaced: true) == "holds")
        #expect(try word(sample, knowing: [:], isReplaced: true) == "remembered \(first)")
        #expect(try word(sample, knowing: places.filter { $0.key < sample.log.count }, isReplaced: true) == "remembered \(first + sample.log.count - 1)")
    }

    @Test func `an item of 2,162,688 bytes is waited for, and one that says a byte more or none is no evidence`() throws {
        let words = try Self.both([0x20_ffff, 0x21_0000, 0x21_0001, 0].map { (length: Int) in
            Array("SMEV".utf8) + [1] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        })
        #expect(words == ["truncated 1", "truncated 1", "form 1", "form 1"])
    }

    // MARK: Reports

    /// The JSON of a report with this checkpoint, without its figures.
    private static func report(_ sample: EvidenceSample, _ checkpoint: Checkpoint, key: SigningKey? = nil) throws -> [UInt8] {
        let key = key ?? sample.serverKey
        let statement = ServerKeyStatement(tenant: sample.tenant, epoch: checkpoint.epoch, device: sample.server, key: key.publicKey)
        let endorsed = ServerKeyStatement(tenant: sample.tenant, epoch: checkpoint.epoch, device: sample.server, key: sample.serverKey.publicKey)
        let authority = try EvidenceSample.authority.get()
        var epoch = ByteWriter()
        epoch.fixed64(checkpoint.epoch)
        let scopes = checkpoint.scopes.map { scope in
            JSONValue.object([
                JSONMember("scope", .string(scope.scope.description)), JSONMember("name", "ops"), JSONMember("position", .integer(Int64(scope.place.position))),
                JSONMember("logHash", .string(scope.place.hash.description)), JSONMember("digest", .string(scope.digest.description)),
            ])
        }
        let said: [(String, String)] = [
            ("epoch", Hexadecimal.text(of: epoch.bytes)), ("signature", Hexadecimal.text(of: checkpoint.signature)), ("tenant", sample.tenant.description),
            ("server", sample.server.description), ("key", Hexadecimal.text(of: statement.key)),
            ("keySignature", Hexadecimal.text(of: authority.key.sign(endorsed.message))), ("authority", authority.certificate.fingerprint.description),
        ]
        let document = JSONValue.object([
            JSONMember("format", "seamark-report"),
            JSONMember("method", .object([
                JSONMember("inputsHash", .string(Hash256.zero.description)),
                JSONMember("checkpoint", .object(said.map { JSONMember($0.0, .string($0.1)) } + [JSONMember("time", .integer(checkpoint.time)), JSONMember("scopes", .array(scopes))])),
            ])),
        ])
        return Array(document.compact.utf8)
    }

    @Test func `a report was made from a log, or from another, or later, or its checkpoint is forged: both verifiers say which`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "seamark-evidence-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let sample = EvidenceSample(seed: 12, entries: 9)
        let (evidence, report) = (folder.appending(path: "evidence"), folder.appending(path: "report.json"))
        try Data(try sample.file()).write(to: evidence)
        var earlier = sample
        earlier.log.removeLast(3)
        let given = earlier.checkpoint
        let word = try #require(given.scopes.first { $0.scope == sample.scope })
        func checkpoint(_ place: LogPlace, _ digest: ScopeDigest, scope: Identifier? = nil, by key: SigningKey? = nil) -> Checkpoint {
            Checkpoint(
                epoch: sample.epoch, scopes: [Checkpoint.Scope(scope: scope ?? sample.scope, place: place, digest: digest)], time: given.time, signer: key ?? sample.serverKey)
        }
        let stranger = try SigningKey.generate()
        let otherHash = LogPlace(position: word.place.position, hash: given.scopes.first { $0.scope != sample.scope }?.place.hash ?? .zero)
        let otherPlace = LogPlace(position: word.place.position - 1, hash: word.place.hash)
        let beyond = LogPlace(position: UInt64(sample.log.count) + 1, hash: word.place.hash)
        let position = word.place.position
        let cases: [(Checkpoint, SigningKey?, ReportClaim.Verdict, String)] = [
            (given, nil, .made(position: position, inputs: .notComputed), "made"),
            (checkpoint(otherHash, word.digest), nil, .otherLog(position: position), "otherLog"),
            (checkpoint(otherPlace, word.digest), nil, .otherLog(position: position - 1), "otherLog"),
            (checkpoint(word.place, .zero), nil, .otherLog(position: position), "otherLog"),
            (checkpoint(beyond, word.digest), nil, .later(position: position + 4), "later"),
            (checkpoint(word.place, word.digest, scope: Identifier(high: 5, low: 5)), nil, .ofAnotherEngagement, "ofAnotherEngagement"),
            (checkpoint(word.place, word.digest, by: stranger), nil, .forged, "forged"),
            (checkpoint(word.place, word.digest, by: stranger), stranger, .forged, "forged"),
        ]
        for (checkpoint, key, expected, theirs) in cases {
            let json = try Self.report(sample, checkpoint, key: key)
            try Data(json).write(to: report)
            let file = try EvidenceFile(verifying: evidence.path, authority: Self.authority(), report: ReportClaim(reading: json))
            #expect(file.finding == nil && file.report == expected)
            #expect(try AlteredEvidence.python("verify_evidence.py", [Self.authority().description, evidence.path, "--report", report.path]) == "holds\n\(theirs)\n")
        }
    }
}
