import SeamarkJournal
import SeamarkModel

// `variant=shipments shipments=380/400/450 premiumPrice="1450 money/shipment" standardPrice=400 share=80%`: the inputs of a line's
// variant by their names, each a range and, after a blank, its unit where that is another than the usual one.
extension CaptureWords {
    /// The assignments that are no inputs, and what the inputs come to: the whole list with what stands already, and the price that
    /// they take the place of cleared.
    func inputs(_ assignments: [Assignment]) -> (rest: [Assignment], priced: [(key: String, text: String)]) {
        guard type === Catalogue.leakageLine else { return (assignments, []) }
        let shown = record?.group("amount")
        let variant = (assignments.last { ["variant", "amount.variant"].contains($0.key) }?.text.lowercased()).map { text in
            PricingVariant.allCases.first { $0.rawValue.lowercased() == text }
        } ?? shown?.choice("variant").flatMap(PricingVariant.init(rawValue:))
        let own = variant?.inputs ?? []
        func input(_ assignment: Assignment) -> PricingInput? {
            let parts = assignment.key.split(separator: ".").map(String.init)
            guard let last = parts.last, parts.dropLast().allSatisfy({ $0 == "amount" || $0 == "inputs" }) else { return nil }
            return PricingInput(rawValue: last)
        }
        guard case .group(let group)? = type.field(key: "amount")?.kind else { return (assignments, []) }
        let standing = shown?.groups("inputs") ?? []
        // `share` and `baseline` are parts of an amount too: inputs where the rest of the price is given by inputs.
        let isByInputs = !standing.isEmpty || assignments.contains { assignment in input(assignment).map { group.member(key: $0.rawValue) == nil } ?? false }
        guard isByInputs else { return (assignments, []) }
        var texts: [PricingInput: String?] = [:]
        var rest: [Assignment] = []
        for assignment in assignments {
            guard assignment.sign == .set, let input = input(assignment), group.member(key: input.rawValue) == nil || own.contains(input) else {
                rest.append(assignment)
                continue
            }
            texts[input] = .some(assignment.text.isEmpty || assignment.text == "-" ? nil : assignment.text)
        }
        // A line that is given another price, or none by inputs, says so itself.
        guard !texts.isEmpty || variant != shown?.choice("variant").flatMap(PricingVariant.init(rawValue:)) else { return (rest, []) }
        if rest.contains(where: { $0.key == "amount.inputs" || $0.key == "inputs" }) { return (rest, []) }
        var elements: [String] = []
        for input in own + PricingInput.allCases.filter({ !own.contains($0) }) {
            if let text = texts[input] {
                guard let text else { continue }
                let words = text.split(separator: " ", maxSplits: 1).map(String.init)
                elements.append("\(input.rawValue):\(words.count > 1 ? words[1] : input.unit):\(words[0])")
            } else if own.contains(input), let standing = standing.first(where: { $0.choice("name") == input.rawValue }), let unit = standing.text("unit"),
                let range = standing.threePoint("range")
            {
                let divisor = FactorUnit.isMoney(unit) ? 100.0 : 1
                elements.append("\(input.rawValue):\(unit):" + [range.low, range.likely, range.high].map { ($0 / divisor).description }.joined(separator: "/"))
            }
        }
        let replaced = ["range", "factors"].filter { part in
            shown?.value(part) != nil && !rest.contains { $0.key == "amount.\(part)" || $0.key.hasPrefix("amount.\(part).") || $0.key == part }
        }
        return (rest, [("amount.inputs", elements.joined(separator: ";"))] + replaced.map { ("amount.\($0)", "-") })
    }
}
