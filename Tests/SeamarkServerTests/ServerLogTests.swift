import Foundation
import Logging
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkTestSupport
import Synchronization
import Testing

@testable import SeamarkServer

/// The lines that the server writes, as the program's own handler writes them.
@Suite struct ServerLogTests {
    /// Swift Testing has one too.
    private typealias Attachment = SeamarkJournal.Attachment

    /// What the handler of `seamark-server run` writes to, kept.
    final class Paper: TextOutputStream, Sendable {
        private let written = Mutex("")

        func write(_ string: String) { written.withLock { $0 += string } }
        var text: String { written.withLock { $0 } }
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

        /// - Parameter level: the program's own is notice.
        func logger(_ level: Logger.Level) -> Logger {
            Logger(label: "seamark.server") { label in
                var handler = StreamLogHandler(label: label, stream: self)
                handler.logLevel = level
                return handler
            }
        }
    }

    /// One line: time with its zone, level, who writes, fields, sentence. Nil for what is none.
    static func read(_ line: Substring) -> (event: ServerEvent, level: String, fields: [String: String])? {
        guard let parts = line.wholeMatch(of: #/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}) ([a-z]+) seamark\.server: ((?:[a-z]+=(?:"[^"]*"|[^ "=]+) )+)\[SeamarkServer\] ([^\[\]=]+)/#)
        else { return nil }
        var fields: [String: String] = [:]
        for field in parts.3.matches(of: #/([a-z]+)=("[^"]*"|[^ "=]+) /#) { fields[String(field.1)] = String(field.2) }
        guard let event = fields["id"].flatMap(ServerEvent.init), parts.4 == event.sentence else { return nil }
        return (event, String(parts.2), fields.filter { $0.key != "id" })
    }

    // MARK: A day

    @Test func `a day of refusals is told line by line, each an event with when, who and what, and nothing that anybody typed or must keep`() async throws {
        let paper = Paper()
        let yard = try Yard()
        let tenant = try yard.addTenant("canarytitle")
        let server = try await yard.start(logger: paper.logger(.info)) {
            // Long enough that a busy machine does not take for silence what is not.
            $0.firstFrameMilliseconds = 8000
            $0.connectionsPerDevice = 2
        }
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("zoe"), try tenant.invite("ben")]
        let expired = try tenant.invite("ben")
        let engagement = try #require(try tenant.engagements().first).id
        let (anna, zoe) = try await blocking {
            let anna = try Enrolment(port: server.port, invitations[0])
            let zoe = try Enrolment(port: server.port, invitations[1])
            // Authentication: an invitation that was used, a proof that is none, garbage, another tenant's certificate.
            for (invitation, spoil) in [(invitations[0], false), (invitations[2], true)] {
                let laptop = try Laptop(port: server.port, invitation)
                _ = try Enrolment.ask(
                    laptop, token: invitation.token, request: CertificateSigningRequest(for: CertificateKey.generate()).der, signing: .generate(), name: "canaryname", spoil: spoil)
            }
            // The second froze the device of the first.
            let words = DeviceWords(
                tenant: anna.enrolled.tenant, device: anna.enrolled.device, signingKey: anna.signing.publicKey, SystemPrimitives())
            _ = try tenant.confirm(anna.enrolled.device.description, words: words.description)
            let garbage = try RawSocket(port: server.port)
            try? garbage.send(Array("GET /canarypath HTTP/1.1\r\nx: canaryheader\r\n\r\n".utf8))
            while let bytes = try? garbage.receive(), !bytes.isEmpty {}
            // Authorisation: a push without being staffed, one that the rules refuse, a scope that nobody has, a guessed attachment.
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement)
            try laptop.send(.push(try anna.block(scope.scope, name: "canarytext\u{1b}[2J\nx")))
            guard case .receipt(let receipt) = try laptop.receive(), receipt.verdicts != [.accepted] else { throw RawSocket.Ended.refused }
            try laptop.send(.pull(.zero))
            #expect(try laptop.expectProblem() == .unknownScope)
            let attachment = try #require(Attachment(hash: Digest.sha256(Array("canarybytes".utf8)), size: 11))
            try laptop.send(.attachment(.offer(.init(scope: scope.scope, record: .zero, attachment: attachment))))
            _ = try laptop.receive()
            let (other, _) = try zoe.greeted(port: server.port)
            try other.send(.push(try zoe.block(engagement, name: "canaryunstaffed")))
            _ = try other.receive()
            // Abuse: bytes that are no frame, silence, too many connections.
            try other.send(bytes: FrameDecoder.frame([UInt8](repeating: 0xff, count: 300)))
            while (try? other.receive()) ?? nil != nil {}
            let second = try anna.greeted(port: server.port).0
            let third = try anna.greeted(port: server.port).0
            #expect((try? laptop.receive()) ?? nil == nil, "the first makes room for the third of one device")
            try third.send(.attachment(.offer(.init(scope: scope.scope, record: .zero, attachment: attachment))))
            _ = try third.receive()
            try second.close()
            #expect(try zoe.greeted(port: server.port).0.expectProblem() == .tooSlow, "nothing was said")
            _ = try tenant.revoke(anna.enrolled.device.description)
            while (try? third.receive()) ?? nil != nil {}
            yard.clock.advance(milliseconds: 11 * 60_000)
            let late = try Laptop(port: server.port, expired)
            _ = try Enrolment.ask(late, token: expired.token, request: CertificateSigningRequest(for: CertificateKey.generate()).der, signing: .generate(), name: "canaryname")
            return (anna, zoe)
        }
        await server.stop()

        var seen: [ServerEvent: [[String: String]]] = [:]
        for line in paper.lines {
            let read = try #require(Self.read(line), "no line of ours: \(line)")
            #expect(read.level == read.event.level.rawValue)
            #expect(Set(read.fields.keys).isSubset(of: read.event.fields.map(\.rawValue)), "\(line)")
            seen[read.event, default: []].append(read.fields)
        }
        let expected: [ServerEvent] = [
            .listening, .tenantOpened, .deviceEnrolled, .sessionBegan, .enrolmentRefused, .handshakeFailed, .changesRefused, .readRefused, .attachmentRefused, .pushRefused,
            .frameRefused, .limitReached, .connectionSlow, .sessionDismissed, .connectionEnded, .stopping, .stopped,
        ]
        for event in expected { #expect(seen[event] != nil, "no line of \(event.rawValue)") }
        let codes = seen[.enrolmentRefused, default: []].compactMap { $0["code"] }
        for code in [Problem.Code.usedInvitation, .expiredInvitation] { #expect(codes.contains(code.written), "\(codes)") }
        for event in [ServerEvent.sessionBegan, .changesRefused, .readRefused, .attachmentRefused, .sessionDismissed, .limitReached] {
            #expect(seen[event]?.contains { $0["device"] == anna.enrolled.device.description && $0["tenant"] == anna.enrolled.tenant.description && $0["address"] == "127.0.0.1" } ?? false, "\(event.rawValue) says who")
        }
        #expect(seen[.pushRefused]?.first?["device"] == zoe.enrolled.device.description && seen[.pushRefused]?.first?["code"] != nil)
        // Nothing that was typed, and no secret, in whatever letters.
        let text = paper.text.lowercased()
        #expect(!text.contains("canary"))
        let secrets = invitations.map(\.token) + [expired.token, anna.key.der, zoe.key.der, anna.signing.publicKey, Digest.sha256(Array("canarybytes".utf8)).bytes]
        for secret in secrets {
            let part = Array(secret.suffix(12))
            for written in [Hexadecimal.text(of: part), Data(part).base64EncodedString().lowercased()] { #expect(!text.contains(written), "a secret of \(secret.count) bytes") }
        }
        for name in ["anna", "ben", "zoe"] { #expect(!text.contains(name), "a member's name") }
    }

    // MARK: One event, one line

    @Test func `whatever a field holds, a line stays one line, and nothing in it is live`() {
        let paper = Paper()
        let log = ServerLog(paper.logger(.info)) { 0 }
        for text in HostileText.all.prefix(LogAllowance.most) { log.note(.fault, [.doing: text.text, .reason: text.text]) }
        #expect(paper.lines.count == LogAllowance.most && paper.text.hasSuffix("\n"))
        for line in paper.lines { #expect(Self.read(line)?.event == .fault, "\(line)") }
        for text in HostileText.all {
            #expect(HostileText.live(in: ServerLog.plain(text.text)).isEmpty && !ServerLog.plain(text.text).contains("\n"))
            #expect(ServerLog.plain(text.text).dropFirst().dropLast().contains("\"") == false)
        }
        #expect(ServerLog.plain(String(repeating: "x", count: 10_000)).count == ServerLog.longestValue)
        #expect(ServerLog.plain("") == "\"\"" && ServerLog.plain("4102") == "4102")
    }

    @Test func `a flood writes sixty lines of an event in a minute, says how many it left out, and hides no other event`() {
        let paper = Paper()
        let now = Mutex<Int64>(0)
        let log = ServerLog(paper.logger(.notice)) { now.withLock { $0 } }
        for _ in 0..<100_000 { log.note(.handshakeFailed, [.address: "192.0.2.1"]) }
        #expect(paper.lines.count == 60)
        log.note(.doorRefused, [.address: "192.0.2.1"])
        #expect(paper.lines.count == 61)
        now.withLock { $0 = 59_999 }
        log.note(.handshakeFailed)
        #expect(paper.lines.count == 61)
        now.withLock { $0 = 60_000 }
        log.note(.handshakeFailed)
        #expect(paper.lines.count == 63)
        let told = paper.lines.compactMap(Self.read).filter { $0.event == .suppressed }
        #expect(told.count == 1 && told[0].fields == ["event": "handshake.failed", "count": "99941"])
        for _ in 0..<60 { log.note(.handshakeFailed) }
        log.close()
        log.close()
        #expect(paper.lines.compactMap(Self.read).filter { $0.event == .suppressed }.map { $0.fields["count"] } == ["99941", "1"])
        for _ in 0..<1000 { log.note(.sessionBegan) }
        #expect(paper.lines.compactMap(Self.read).count { $0.event == .sessionBegan } == LogAllowance.mostOrdinary)
        let lines = ServerEvent.allCases.reduce(0) { $0 + ($1.isOrdinary ? LogAllowance.mostOrdinary : LogAllowance.most) }
        #expect(lines * 60 * 24 * 400 < 5 << 30, "a day of every event at its most, at 400 bytes a line, stays below five gigabytes")
    }

    // MARK: The page

    private static let server = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Server")

    /// The table of `Server/LOGS.md`.
    private static var table: [String] {
        ServerEvent.allCases.map { event in
            "| `\(event.rawValue)` | \(event.level.rawValue) | \(event.sentence) | \(event.fields.isEmpty ? "" : event.fields.map { "`\($0.rawValue)`" }.joined(separator: ", ")) |"
        }
    }

    @Test func `the page lists every event with its level, sentence and fields, and no other`() throws {
        let page = try String(contentsOf: Self.server.appending(path: "LOGS.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").map(String.init).filter { $0.contains(/^\| `[a-z]+\.[a-zA-Z]+` \| (debug|info|notice|warning|error) \|/) }
        #expect(rows == Self.table, "it reads:\n\(Self.table.joined(separator: "\n"))")
        for field in ServerEvent.Field.allCases { #expect(page.contains("`\(field.rawValue)`")) }
    }

    @Test func `the page names every act`() throws {
        let page = try String(contentsOf: Self.server.appending(path: "LOGS.md"), encoding: .utf8)
        var acts: Set<String> = []
        for folder in [Self.server, Self.server.appending(path: "../Sources/SeamarkStore")] {
            let files = try #require(FileManager.default.enumerator(at: folder.standardizedFileURL, includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                guard text.contains("noteAct(") else { continue }
                // Words of the form `thing.deed`, on their own in quotes: what a call names, or a constant that it takes.
                for word in text.matches(of: /"([a-z]+\.[a-zA-Z-]+)"/) { acts.insert(String(word.1)) }
            }
        }
        #expect(acts.count > 30)
        for act in acts.sorted() { #expect(page.contains("`\(act)`"), "\(act)") }
    }

    @Test func `nothing else of the server writes a line`() throws {
        let files = try #require(FileManager.default.enumerator(at: Self.server.appending(path: "SeamarkServer"), includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            count += 1
            guard file.lastPathComponent != "ServerLog.swift" else { continue }
            #expect(!text.contains(/logger\.(log|trace|debug|info|notice|warning|error|critical)\(|\bprint\(|fputs\(/), "\(file.lastPathComponent)")
        }
        #expect(count > 60)
    }
}
