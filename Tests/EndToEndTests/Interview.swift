import Foundation

/// Made-up work of some size: an engagement file with one site and so many observations, which do not compress well.
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
}
