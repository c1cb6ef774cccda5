import SystemPackage

/// The bytes of a recording as they are to be read, whatever they are packed in.
struct RecordedBytes: ~Copyable {
    /// How many bytes of the file were read.
    private(set) var bytesRead = 0

    private let descriptor: FileDescriptor
    private let path: String
    private let chunkSize: Int

    private enum Packing { case unknown, none, gzip(Gunzip), zstandard(Unzstd) }
    private var packing = Packing.unknown
    /// Bytes of the file that are not yet unpacked.
    private var packed: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(_ descriptor: FileDescriptor, path: String, chunkSize: Int) {
        self.descriptor = descriptor
        self.path = path
        self.chunkSize = chunkSize
    }

    /// Appends the next bytes; none are appended at the end.
    mutating func fill(_ bytes: inout [UInt8]) throws(RecordingFailure) {
        if case .unknown = packing { try recognise() }
        while true {
            let progress: Gunzip.Progress
            let isWhole: Bool
            switch packing {
            case .gzip(let gunzip):
                progress = gunzip.unpack(packed, from: &position, into: &bytes, room: chunkSize)
                isWhole = gunzip.isWhole
            case .zstandard(let unzstd):
                progress = unzstd.unpack(packed, from: &position, into: &bytes, room: chunkSize)
                isWhole = unzstd.isWhole
            case .unknown, .none:
                if position < packed.count {
                    bytes += packed[position...]
                    position = packed.count
                    return
                }
                return try read(into: &bytes)
            }
            switch progress {
            case .madeOutput: return
            case .damaged: throw RecordingFailure(path: path, problem: .damagedPacking)
            case .wantsInput:
                packed.removeAll(keepingCapacity: true)
                position = 0
                try readPacked()
                if packed.isEmpty {
                    guard isWhole else {
                        throw RecordingFailure(path: path, problem: .packingCutShort)
                    }
                    return
                }
            }
        }
    }

    /// Looks at the first four bytes, by which packed files are known.
    private mutating func recognise() throws(RecordingFailure) {
        while packed.count < 4, !isAtEnd { try readPacked() }
        if packed.starts(with: [0x1F, 0x8B]) {
            packing = .gzip(Gunzip())
        } else if packed.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            guard let unzstd = Unzstd() else {
                throw RecordingFailure(path: path, problem: .packedAsZstandard)
            }
            packing = .zstandard(unzstd)
        } else {
            packing = .none
        }
    }

    private mutating func readPacked() throws(RecordingFailure) {
        var bytes: [UInt8] = []
        swap(&bytes, &packed)
        defer { swap(&bytes, &packed) }
        try read(into: &bytes)
    }

    private mutating func read(into bytes: inout [UInt8]) throws(RecordingFailure) {
        guard !isAtEnd else { return }
        let descriptor = descriptor
        let chunkSize = chunkSize
        let before = bytes.count
        try RecordingFailure.naming(path, RecordingFailure.Problem.cannotRead) {
            try bytes.append(addingCapacity: chunkSize) { span in
                try unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                    let free = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<chunkSize])
                    count += try unsafe descriptor.read(into: free)
                }
            }
        }
        bytesRead += bytes.count - before
        isAtEnd = bytes.count == before
    }
}
