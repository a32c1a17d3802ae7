/// What so many of something are called: "1 person", "3 people". Nouns of the catalogue, and others that are made plural alike.
public enum Plural {
    public static func of(_ count: Int, _ noun: String) -> String { "\(count) \(count == 1 ? noun : plural(noun))" }

    private static func plural(_ noun: String) -> String {
        switch noun {
        case "person": return "people"
        case "evidence": return "pieces of evidence"
        case _: break
        }
        guard noun.last == "y", let before = noun.dropLast().last, !"aeiou".contains(before) else { return noun + (noun.last == "s" || noun.last == "x" ? "es" : "s") }
        return noun.dropLast() + "ies"
    }
}
