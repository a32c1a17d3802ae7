/// Checks what expressions and words of a form refer to: questions that there are and that are answered, and no circle in what decides whether something is asked.
struct FormReferences {
    let items: [Questionnaire.Item]
    let places: [String: Int]
    let table: FormTable
    /// Names of facts that the record has: no expression and no words may ask for one.
    let facts: Set<String>

    func check(_ faults: inout FormFaults) {
        let all = Questionnaire.flat(items)
        let answered = Set(all.filter(\.kind.isAnswered).map(\.name)), listed = Set(all.filter { $0.kind.list != nil }.map(\.name))
        for item in all {
            func look(_ column: String, _ names: Set<String>) {
                for name in names.subtracting(answered).sorted() { add(&faults, item, column, facts.contains(name) ? .factReference(name) : .unknownReference(name)) }
            }
            for (column, logic) in [("relevant", item.relevant), ("required", item.required), ("constraint", item.constraint)] {
                look(column, logic?.references ?? [])
                for name in (logic?.choiceQuestions ?? []).subtracting(listed).sorted() { add(&faults, item, column, .noChoices(name)) }
            }
            look("label", item.label.references)
            look("hint", item.hint.references)
            look("constraint_message", item.constraintMessage.references)
            look("required_message", item.requiredMessage.references)
            if item.relevant?.readsCurrent == true { add(&faults, item, "relevant", .noCurrentAnswer) }
            if item.required?.readsCurrent == true { add(&faults, item, "required", .noCurrentAnswer) }
        }
        circles(&faults)
    }

    /// As its author wrote it.
    private func header(_ meaning: String) -> String { table.columns.first { $0.meaning == meaning }?.header ?? meaning }

    private func add(_ faults: inout FormFaults, _ item: Questionnaire.Item, _ column: String, _ problem: FormProblem) {
        faults.add(FormFault(sheet: table.sheet, row: places[item.name], column: header(column), name: item.name, problem: problem))
    }

    /// Whether an item is asked depends on its groups and on the questions in its condition; those must come to an end.
    private func circles(_ faults: inout FormFaults) {
        var dependsOn: [String: [String]] = [:]
        func note(_ items: [Questionnaire.Item], in group: String?) {
            for item in items {
                dependsOn[item.name] = (item.relevant?.references.sorted() ?? []) + (group.map { [$0] } ?? [])
                note(item.items, in: item.name)
            }
        }
        note(items, in: nil)
        let byName = Dictionary(Questionnaire.flat(items).map { ($0.name, $0) }) { first, _ in first }
        // `onWay` holds what the stack does.
        var done: Set<String> = [], onWay: Set<String> = []
        // Depth first without the call stack: a form may be a thousand questions deep.
        for item in Questionnaire.flat(items) {
            var stack = [(name: item.name, next: 0)]
            guard !done.contains(item.name) else { continue }
            onWay = [item.name]
            while let top = stack.last {
                let targets = dependsOn[top.name] ?? []
                guard top.next < targets.count else {
                    done.insert(top.name)
                    stack.removeLast()
                    onWay.remove(top.name)
                    continue
                }
                stack[stack.count - 1].next += 1
                let target = targets[top.next]
                if onWay.contains(target) {
                    if let start = byName[target] { add(&faults, start, "relevant", .circle(top.name)) }
                    if faults.isCut { return }
                } else if !done.contains(target) {
                    stack.append((target, 0))
                    onWay.insert(target)
                }
            }
        }
    }
}
