import VehicleFaults

// What is written down beside a step: predictions, estimates, parts.
extension Ticket {
    mutating func note(prediction fields: Fields) {
        probability = fields.number(.probability) ?? probability
        failsAt = fields.time(.failsAt) ?? failsAt
    }

    mutating func note(estimate fields: Fields) {
        guard let id = fields[.estimate] else { return }
        if let name = fields[.approvedBy], fields[.total] == nil {
            estimate?.approvedBy = name
        } else if let total = fields.number(.total), let currency = fields[.currency],
            let payer: Payer = fields.choice(.payer)
        {
            // Cheaper for the same payer needs no new consent; dearer does.
            let stands =
                estimate.map {
                    $0.payer == payer && $0.currency == currency && total <= $0.total
                } ?? false
            estimate = Estimate(
                id: id, total: total, currency: currency, payer: payer,
                approvedBy: fields[.approvedBy] ?? (stands ? estimate?.approvedBy : nil),
                lines: fields[.lines].flatMap { EstimateLine.lines($0) } ?? [])
        }
    }

    mutating func note(part fields: Fields, at: EventTime) {
        guard let part = fields[.part], let state: PartState = fields.choice(.state) else { return }
        let eta = fields.time(.eta)
        if let index = parts.firstIndex(where: { $0.part == part }) {
            parts[index].state = state
            parts[index].eta = eta ?? parts[index].eta
        } else {
            parts.append(PartLine(part: part, state: state, eta: eta))
        }
        partsRequestedAt = partsRequestedAt ?? at
        let isComplete = parts.allSatisfy {
            $0.state == .received || $0.state == .fitted || $0.state == .returned
        }
        partsReceivedAt = isComplete ? partsReceivedAt ?? at : nil
    }
}
