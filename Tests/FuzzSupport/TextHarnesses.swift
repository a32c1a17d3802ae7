import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkServer

/// The line that an administrator hands out and a person pastes.
struct InvitationHarness: Harness {
    var hasCanary = false
    var words: [[UInt8]] { ["seamark://", "SEAMARK://", "/", "//", ":", "[::1]", "+", "\"", " ", "\n", "\u{0}", "é", "65535", "65536"].map { Array($0.utf8) } }

    var seeds: [[UInt8]] {
        ["127.0.0.1:7440", "[::1]:1", "halyard.harbour.example:65535"].map { address in
            let line = InvitationLine(
                address: address, label: String(repeating: "0f", count: 16), serverName: "halyard.harbour.example", pin: .zero,
                token: [UInt8](repeating: 0xab, count: 16))
            return Array(line.text.utf8)
        }
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        let line = String(decoding: input, as: UTF8.self)
        let invitation: Invitation
        do throws(Invitation.Malformed) { invitation = try read(line) } catch {
            guard line.utf8.count < 16 || !error.part.contains(line) else { throw Broken("the refusal repeats the line") }
            return .refused(error.part)
        }
        // The same line, but for space around it, the case of its digits, and the token, which nobody may read back.
        let host = invitation.host.contains(":") ? "[\(invitation.host)]" : invitation.host
        let written = "seamark://\(host):\(invitation.port)/\(invitation.label)/\(invitation.serverName)/\(invitation.pin)/".lowercased()
        let space: Set<UInt8> = [9, 10, 13, 32]
        let given = Array(line.lowercased().utf8.drop { space.contains($0) })
        guard given.starts(with: written.utf8) else { throw Broken("an invitation was read from another spelling than its own") }
        let token = given[written.utf8.count...].prefix { !space.contains($0) }
        guard token.count == 32, Hexadecimal.bytes(of: Array(token)) != nil else { throw Broken("a token that is not thirty-two hexadecimal digits") }
        return .taken("\(invitation.host.contains(":")) \(Outcome.magnitude(Int(invitation.port)))")
    }

    private func read(_ line: String) throws(Invitation.Malformed) -> Invitation {
        do throws(Invitation.Malformed) { return try Invitation(line) } catch {
            // Planted: quotes are taken off.
            guard hasCanary, line.contains("\"") else { throw error }
            return try Invitation(line.filter { $0 != "\"" })
        }
    }
}

/// A document to import.
struct ImportHarness: Harness {
    var hasCanary = false
    private let primitives = SystemPrimitives()

    var words: [[UInt8]] {
        [
            "{", "}", "[", "]", ",", ":", "null", "true", "1e999", "-1", "\"\"", "\"\\ud800\"", "[[[[[[[[[[[[[[[[[[[[", "\"handle\":\"X\",", "9223372036854775807",
            "\"version\":2", "\u{202e}", "\"sites\":[]",
        ].map { Array($0.utf8) }
    }

    var seeds: [[UInt8]] {
        [
            #"{"format":"seamark-engagement","version":1}"#,
            #"{"format":"seamark-engagement","version":1,"sites":[{"handle":"S-1","name":"Plant"},{"handle":"S-2","name":"Yard"}]}"#,
        ].map { Array($0.utf8) }
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        let file: EngagementFile
        do throws(EngagementFileError) {
            file = try EngagementFile(reading: input, scope: Identifier(high: 1, low: 1), existing: [], directory: .none, primitives: primitives)
        } catch {
            var problems: [EngagementFileProblem]
            switch error {
            case .notJSON(let fault): return .refused("not JSON, \(fault.reason)")
            case .otherFormat: return .refused("other format")
            case .newerVersion: return .refused("newer version")
            case .problems(let found): problems = found
            }
            // Planted: of many problems none is told.
            if hasCanary, problems.count >= 2 { problems = [] }
            guard !problems.isEmpty, problems.allSatisfy({ !$0.words.isEmpty }) else { throw Broken("a document was refused without a reason") }
            guard problems.count <= EngagementFileError.mostProblems else { throw Broken("more problems than are told") }
            return .refused("problems \(Outcome.magnitude(problems.count)) \(problems[0].section.count)")
        }
        // What is taken becomes edits, at most one group of them a row.
        guard file.edits(lookup: { _ in nil }, at: 0, salt: { .zero }).count <= file.rows.count else { throw Broken("edits of rows that are not there") }
        return .taken(Outcome.magnitude(file.rows.count))
    }
}

/// What a person types as a value: the first byte picks the field, the rest is the text. Short names and recovery codes too.
struct ArgumentsHarness: Harness {
    var hasCanary = false
    private let kinds = Catalogue.types.flatMap(\.fields).map(\.kind)

    var words: [[UInt8]] {
        [
            "380k", "1.2M", "1bn", "30%", "3000bp", "26h", "-", "1e308", "nan", "inf", "0x1p4", "2026-02-29", "2026-03-17T09:30", "9999-12-31", "D2=40,D3=30", ";",
            "/", "yes", "_", "'", "+1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "\u{202e}", "\u{0}", "٣", "e\u{301}",
        ].map { Array($0.utf8) }
    }

    var seeds: [[UInt8]] {
        let texts = ["12", "380k", "30%", "yes", "2026-03-17", "2026-03-17T09:30", "26h", "380k/500k/720k", "D2=40", "halden", "1bn"]
        return kinds.indices.prefix(255).map { [UInt8($0)] + texts[$0 % texts.count].utf8 } + [[255] + Array("site-two".utf8)]
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        guard let pick = input.first else { return .refused("nothing") }
        let text = String(decoding: input.dropFirst(), as: UTF8.self)
        guard pick < 255 else {
            if let name = ShortName(text), name.text != text || text.utf8.count > 40 { throw Broken("a short name that is not what was typed") }
            if let code = RecoveryCode(text), RecoveryCode(code.text)?.text != code.text { throw Broken("a recovery code that is not read as it is written") }
            return ShortName(text) == nil ? .refused("no name") : .taken("name")
        }
        let kind = kinds[Int(pick) % kinds.count]
        let value: Value
        do throws(FieldFault) { value = try kind.value(from: text, references: .none) } catch { return .refused(Self.name(kind)) }
        if Self.isWrittenAsTyped(kind) {
            var written = kind.text(of: value, references: .none)
            // Planted: a great amount loses its first place.
            if hasCanary, text.hasSuffix("bn"), written.count > 9 { written.removeFirst() }
            guard let again = try? kind.value(from: written, references: .none), again == value else {
                throw Broken("a \(Self.name(kind)) that is written is read as another")
            }
        }
        return .taken(Self.name(kind))
    }

    private static func name(_ kind: FieldKind) -> String { "\(kind)".prefix { $0 != "(" }.description }

    private static func isWrittenAsTyped(_ kind: FieldKind) -> Bool {
        switch kind {
        case .integer, .money, .score, .boolean, .choice, .date, .time, .duration, .bytes, .basisPoints: true
        case .text, .number, .reference, .list, .group, .threePoint, .points: false
        }
    }
}
