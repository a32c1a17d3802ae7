import Foundation
import Testing

/// Made-up interviews, and work of some size: an engagement file with one site and so many observations, which do not compress well.
enum Interview {
    static func file(observations count: Int, prefix: String = "O") -> String {
        var numbers = SystemRandomNumberGenerator()
        let rows = (1...count).map { row in
            let text = (0..<12).map { _ in String(numbers.next(), radix: 36) }.joined(separator: " ")
            return "{\"handle\": \"\(prefix)\(row)\", \"site\": \"ST1\", \"text\": \"\(text)\"}"
        }
        return """
            {"format": "seamark-engagement", "version": 1, "sites": [{"handle": "ST1", "name": "Dayton plant"}],
            "observations": [\(rows.joined(separator: ",\n"))]}
            """
    }

    /// A laptop with one person who agreed, and an interview of hers.
    static func laptop(_ member: String = "ann", _ headquarters: Headquarters, home: URL? = nil) throws -> (Laptop, interview: String) {
        let laptop = try Laptop(of: member, at: headquarters, home: home)
        let person = try said(laptop, ["person", "add", "level=manager", "title=planning manager", "--consent", "given", "--method", "verbal", "--scope", "quotes,role"])
        return (laptop, try said(laptop, ["interview", "add", "persons=\(person)", "startedAt=now"]))
    }

    /// A sitting with a note open, at its first question.
    static func note(_ laptop: Laptop, _ interview: String, environment: [String: String] = [:]) throws -> Sitting {
        let sitting = try Sitting(laptop, ["interview", interview], environment: environment)
        try sitting.shows("LB1  ")
        try sitting.type("t")
        try sitting.shows("Note")
        return sitting
    }

    static func said(_ laptop: Laptop, _ words: [String]) throws -> String {
        let done = try laptop.run(words)
        try #require(done.status == 0, "\(done)")
        return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Records of the interview, each as JSON.
    static func rows(_ laptop: Laptop, _ noun: String, of interview: String) throws -> [String] {
        let all = try JSONSerialization.jsonObject(with: Data(laptop.must("list", noun, "--json").utf8)) as? [[String: Any]] ?? []
        return try all.map { String(decoding: try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys]), as: UTF8.self) }
            .filter { $0.contains("\"\(interview)\"") || $0.contains("\(interview)\\/") || $0.contains("\(interview)/") }
    }
}
