internal import ArgumentParser
internal import SeamarkServer

/// What a shell completes: names in the data directory that the line means, where whoever presses the key may read it. It asks nobody for anything, writes
/// nothing, says nothing where it may not read, and never fails.
enum NameCompletion {
    /// A shell shows no more than people look through.
    private static let most = 500

    static let tenants = CompletionKind.custom { words, _, prefix in fitting(directory(words).tenantNames, prefix) }
    static let members = of(.member)
    static let engagements = of(.engagement)
    /// Their letters.
    static let devices = of(.device)

    private static func of(_ named: DataDirectory.Named) -> CompletionKind {
        .custom { words, _, prefix in fitting(directory(words).names(of: named, in: option("--tenant", words)), prefix) }
    }

    private static func directory(_ words: [String]) -> DataDirectory { DataOption.directory(option("--data", words), keys: nil) }

    /// What the line says behind an option, as far as it is typed.
    private static func option(_ name: String, _ words: [String]) -> String? {
        for (place, word) in words.enumerated().reversed() {
            if word == name { return place + 1 < words.count && !words[place + 1].isEmpty ? words[place + 1] : nil }
            if word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
        }
        return nil
    }

    private static func fitting(_ names: [String], _ prefix: String) -> [String] {
        Array(Set(names.filter { $0.lowercased().hasPrefix(prefix.lowercased()) }).sorted().prefix(most))
    }
}
