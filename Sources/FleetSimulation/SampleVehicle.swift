import VehicleFaults

/// One vehicle on its way through the days: what it is, what ails it and what it remembers.
struct SampleVehicle {
    let name: String
    let topic: String
    let model: SampleModel
    let condition: SampleCondition
    let clock: SampleClock
    /// When its condition begins and when it is at its worst.
    let onset: EventTime
    let end: EventTime

    var random: SeededRandom
    var occurrences: [Moment.Sighting.Code: Int] = [:]
    /// Which cylinder misfires, should it.
    let cylinder: Int

    private var sequence: Int
    private var odometer: Double
    private var engineHours: Double
    private var coolant = 12.0
    private var effort = 0.3
    private var parkedSince: EventTime
    private var soot: Double
    private var isRegenerating = false
    private let warmth: Double
    private let voltage: Double
    private let pressure: Double
    private let spread: Double

    init(index: Int, fleet: SampleFleet, place: SampleRoster.Place) {
        var random = SeededRandom(fleet.seed, part: index)
        let years = Array("NPRS".utf8)
        let text = SampleNumber.text(
            index: index, model: place.model, year: years[random.whole(below: years.count)])
        name = String(decoding: text, as: UTF8.self)
        topic = "v1/\(name)/ev"
        model = place.model
        condition = place.condition
        clock = place.clock
        let span = Double(fleet.end.milliseconds(since: fleet.start))
        let wait = Int64(span * random.number(in: 0.2...0.45)) / 1000 * 1000
        onset = fleet.start.advanced(by: wait)
        end = fleet.end
        cylinder = 1 + random.whole(below: 4)
        sequence = random.whole(below: 5000)
        odometer = random.number(in: 4000...160_000)
        engineHours = odometer / 38
        parkedSince = fleet.start.advanced(by: -28_800_000)
        soot = random.number(in: 15...60)
        warmth = random.deviate() * 1.2
        voltage = random.deviate() * 0.05
        pressure = random.deviate() * 12
        spread = random.number(in: 9...16)
        self.random = random
    }

    /// How far its condition has come at `time`: 0 before the onset, 1 at the end of the recording.
    func progress(at time: EventTime) -> Double {
        guard time >= onset else { return 0 }
        return Double(time.milliseconds(since: onset)) / Double(end.milliseconds(since: onset))
    }

    /// Adds what it sends on the day that begins at `midnight`, in the order of sending.
    mutating func drive(from midnight: EventTime, chill: Double, into day: inout [SampleMessage]) {
        var starts = [
            random.number(in: 6.3...8.2), random.number(in: 11.5...13.2),
            random.number(in: 16.8...18.6),
        ]
        if random.chance(0.4) { starts.append(random.number(in: 20.6...21.4)) }
        for hour in starts {
            let start = midnight.advanced(by: Int64(hour * 3_600_000))
            let length = Int64(random.number(in: model.tripMinutes) * 60_000)
            drive(from: start, length: length, midnight: midnight, chill: chill, into: &day)
        }
    }

    private mutating func drive(
        from start: EventTime, length: Int64, midnight: EventTime, chill: Double,
        into day: inout [SampleMessage]
    ) {
        let trip = Trip(
            progress: progress(at: start), shows: random.unit(),
            pace: random.number(in: 35...85))
        // Parked, the coolant loses heat with a time constant of two hours.
        let parked = Double(start.milliseconds(since: parkedSince)) / 60_000
        let outside = ambient(at: start, midnight: midnight, chill: chill)
        coolant = outside + (coolant - outside) * 120 / (120 + parked)
        var at = start
        var place = 0
        while at <= start.advanced(by: length) {
            var moment = Moment(millisecond: at.milliseconds, place: place)
            moment.ambient = ambient(at: at, midnight: midnight, chill: chill)
            if place > 0 {
                let passed = Double(at.milliseconds(since: parkedSince)) / 60_000
                run(&moment, trip: trip, minutes: passed)
            }
            settle(&moment)
            ail(&moment, trip: trip)
            send(moment, into: &day)
            parkedSince = at
            // The first message goes out before the engine is started, the second soon after.
            let step = Int64(random.number(in: model.messageSeconds) * 1000)
            at = at.advanced(by: place == 0 ? step / 3 : step)
            place += 1
        }
    }

    /// Coldest before dawn, warmest after noon, in degrees Celsius.
    private func ambient(at time: EventTime, midnight: EventTime, chill: Double) -> Double {
        let hour = Double(time.milliseconds(since: midnight)) / 3_600_000
        let fromNoon = (hour - 14) / 10
        return 15 + chill - 8 * fromNoon * fromNoon
    }

    /// Moves the vehicle on by `minutes` of driving.
    private mutating func run(_ moment: inout Moment, trip: Trip, minutes: Double) {
        effort = 0.5 * effort + 0.5 * random.unit()
        moment.effort = effort
        let stands = random.chance(0.12)
        moment.speed = stands ? 0 : max(4, trip.pace * (0.6 + 0.8 * effort) + random.deviate() * 4)
        odometer += moment.speed * minutes / 60
        engineHours += minutes / 60
        guard model != .electric else { return }
        moment.rpm = 760 + moment.speed * (model == .truck ? 9 : 19) + random.deviate() * 25
        let target = soundCoolant(moment) + excessCoolant(moment, trip: trip)
        coolant = target + (coolant - target) * 3.5 / (3.5 + minutes)
        moment.isWarm = (coolant - target).magnitude < 1
        burnSoot(minutes: minutes, trip: trip, speed: moment.speed)
    }

    /// The particle filter fills while driving and burns free at 75 %, if it can.
    private mutating func burnSoot(minutes: Double, trip: Trip, speed: Double) {
        if condition == .filterBlocked, trip.progress > 0 {
            isRegenerating = false
            soot = min(98, soot + 0.5 * minutes)
            return
        }
        soot += 0.2 * minutes
        if soot > 75 { isRegenerating = true }
        if isRegenerating, speed > 30 { soot = max(8, soot - 4 * minutes) }
        if soot < 12 { isRegenerating = false }
    }

    /// Fills in what the instruments of a sound vehicle show.
    private mutating func settle(_ moment: inout Moment) {
        let turns = moment.place > 0
        let resting = 12.62 + voltage + random.deviate() * 0.03
        let charging = 14.12 + voltage + random.deviate() * 0.06
        moment.volts = (turns || model == .electric ? charging : resting) * model.batteries
        moment.coolant = coolant + (turns ? random.deviate() * 0.9 : 0)
        moment.oil = turns ? 125 + pressure + moment.rpm * 0.1 + random.deviate() * 9 : 0
        moment.boost = turns ? 8 + 140 * moment.effort + random.deviate() * 5 : 0
        moment.soot = soot
        moment.cellSpread = spread + 12 * moment.effort + random.deviate() * 1.5
        moment.insulation = 2600 + 60 * spread + random.deviate() * 90
        moment.pack = moment.ambient + 9 + 6 * moment.effort + Double(min(moment.place, 10)) * 0.8
    }

    /// Where the thermostat holds the coolant of a sound engine.
    private func soundCoolant(_ moment: Moment) -> Double {
        89.5 + warmth + 0.8 * moment.effort + 0.03 * (moment.ambient - 10)
    }

    private mutating func send(_ moment: Moment, into day: inout [SampleMessage]) {
        let sent = EventTime(milliseconds: moment.millisecond)
        var text = PayloadText()
        text.open()
        text.string("topic", topic)
        text.string("vin", name)
        switch clock {
        case .right: text.string("ts", sent.text())
        case .dayFast: text.string("ts", sent.advanced(by: 86_400_000).text())
        case .absent: break
        }
        text.whole("seq", sequence)
        text.number("odo_km", odometer, decimals: 1)
        if model != .electric { text.number("engine_h", engineHours, decimals: 2) }
        moment.write(to: &text, model: model)
        text.close()
        sequence += 1
        deliver(text.bytes, sent: sent, into: &day)
    }

    /// Hands a payload to the network, which is late now and then or repeats itself.
    private mutating func deliver(
        _ payload: [UInt8], sent: EventTime, into day: inout [SampleMessage]
    ) {
        let fate = random.unit()
        let isLate = fate < 0.005
        let delay =
            isLate ? 120_000 + random.whole(below: 1_080_000) : 80 + random.whole(below: 820)
        let message = SampleMessage(
            received: sent.advanced(by: Int64(delay)), topic: topic, payload: payload,
            delivery: isLate ? .late : .regular)
        day.append(message)
        guard fate > 0.996 else { return }
        var again = message
        again.received = message.received.advanced(by: Int64(1000 + random.whole(below: 29_000)))
        again.delivery = .duplicate
        day.append(again)
    }
}

/// One way from ignition on to ignition off.
struct Trip {
    /// How far the vehicle's condition has come when the trip begins.
    var progress: Double
    /// Evenly spread over 0 to 1; a fault that shows on 8 trips of 10 shows below 0.8.
    var shows: Double
    /// The speed that the driver keeps to, in km/h.
    var pace: Double
}
