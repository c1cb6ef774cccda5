/// A list of plain numbers of a fixed length.
///
/// In an array, each number that is written would cost a look at the array's reference count, and a
/// message writes hundreds. Safe, because it cannot be copied, it alone owns its memory, and every
/// place is checked.
@safe struct OwnedNumbers<Number: BitwiseCopyable>: ~Copyable {
    private let base: UnsafeMutablePointer<Number>
    let count: Int

    init(repeating number: Number, count: Int) {
        unsafe base = UnsafeMutablePointer.allocate(capacity: max(1, count))
        unsafe base.initialize(repeating: number, count: count)
        self.count = count
    }

    init(_ numbers: some Collection<Number>) {
        unsafe base = UnsafeMutablePointer.allocate(capacity: max(1, numbers.count))
        for (place, number) in numbers.enumerated() {
            unsafe (base + place).initialize(to: number)
        }
        count = numbers.count
    }

    /// The numbers, for whoever has checked the places already.
    @unsafe var start: UnsafeMutablePointer<Number> { unsafe base }

    deinit { unsafe base.deallocate() }

    subscript(place: Int) -> Number {
        @inline(__always) get {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "no such number")
            return unsafe base[place]
        }
        @inline(__always) set {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "no such number")
            unsafe base[place] = newValue
        }
    }
}
