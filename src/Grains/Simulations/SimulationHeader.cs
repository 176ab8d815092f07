using System.Buffers;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What becomes of a simulation. The numbers are stored; they never change.</summary>
public enum SimulationState : byte
{
    /// <summary>Others come before it.</summary>
    Queued = 1,

    /// <summary>It reads members and runs them; also while its server is down and it waits to go on.</summary>
    Running = 2,

    /// <summary>Its result can be read.</summary>
    Done = 3,

    /// <summary>It could not be done, and says why.</summary>
    Failed = 4,

    /// <summary>Somebody stopped it.</summary>
    Cancelled = 5,
}

/// <summary>What a simulation was run on: a later one on the same gives the same bytes.</summary>
/// <param name="Definition">Hash of the definition, its models apart.</param>
/// <param name="Models">Hash of the models in force.</param>
/// <param name="At">The moment it begins at.</param>
/// <param name="Members">Members of the population.</param>
/// <param name="States">The same for the same members in the same states.</param>
public sealed record SimulationGround(ulong Definition, ulong Models, Instant At, long Members, ulong States);

/// <summary>A simulation but for its request, what is kept of it while it runs, and its result.</summary>
/// <param name="Id">Names it. Later ones have greater ids.</param>
/// <param name="Name">For people; empty for none.</param>
/// <param name="By">Name of the key that asked for it.</param>
/// <param name="Created">When it was asked for.</param>
public sealed record SimulationHeader(string Id, string Name, string By, Instant Created)
{
    private const byte Format = 1;

    /// <summary>What became of it.</summary>
    public SimulationState State { get; init; } = SimulationState.Queued;

    /// <summary>When it began, the first time; <see cref="Instant.Never"/> before.</summary>
    public Instant Started { get; init; } = Instant.Never;

    /// <summary>When it ended; <see cref="Instant.Never"/> before.</summary>
    public Instant Ended { get; init; } = Instant.Never;

    /// <summary>Why it failed, or what is to be known of how it went; empty for nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>The simulation it repeats; empty for none.</summary>
    public string RerunOf { get; init; } = "";

    /// <summary>What it was run on; null before it has read its members.</summary>
    public SimulationGround? Ground { get; init; }

    /// <summary>Paths that everybody was run through when it was last kept.</summary>
    public int PathsDone { get; init; }

    /// <summary>Which of the states kept on the way counts; 0 for none.</summary>
    public int Generation { get; init; }

    /// <summary>Rows of that state.</summary>
    public int KeptParts { get; init; }

    /// <summary>Rows of the result.</summary>
    public int ResultParts { get; init; }

    /// <summary>Customers that it named and that were erased since.</summary>
    public int Erased { get; init; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => State is SimulationState.Done or SimulationState.Failed or SimulationState.Cancelled;

    /// <summary>Reads the value of a row.</summary>
    /// <exception cref="InvalidDataException">The bytes are no header this build can read.</exception>
    public static SimulationHeader Read(ReadOnlySpan<byte> value)
    {
        var reader = new BinaryFormReader(Envelope.Open(value));
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Simulation format {format} is not known; this build knows {Format}.");
        var header = new SimulationHeader(
            reader.Text(), reader.Text(), reader.Text(), new Instant(reader.Signed()))
        {
            State = (SimulationState)reader.Byte(),
            Started = new Instant(reader.Signed()),
            Ended = new Instant(reader.Signed()),
            Note = reader.Text(),
            RerunOf = reader.Text(),
            PathsDone = reader.Count(int.MaxValue),
            Generation = reader.Count(int.MaxValue),
            KeptParts = reader.Count(SimulationsGrain.MaxParts),
            ResultParts = reader.Count(SimulationsGrain.MaxParts),
            Erased = reader.Count(int.MaxValue),
        };
        if (reader.Byte() == 1)
        {
            header = header with
            {
                Ground = new SimulationGround(
                    reader.Fixed(), reader.Fixed(), new Instant(reader.Signed()), reader.Signed(), reader.Fixed()),
            };
        }
        reader.End();
        return header;
    }

    /// <summary>The value of a row, in its envelope.</summary>
    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>(256);
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Text(Id);
        writer.Text(Name);
        writer.Text(By);
        writer.Signed(Created.UnixMs);
        writer.Byte((byte)State);
        writer.Signed(Started.UnixMs);
        writer.Signed(Ended.UnixMs);
        writer.Text(Note);
        writer.Text(RerunOf);
        writer.Unsigned((ulong)PathsDone);
        writer.Unsigned((ulong)Generation);
        writer.Unsigned((ulong)KeptParts);
        writer.Unsigned((ulong)ResultParts);
        writer.Unsigned((ulong)Erased);
        writer.Byte(Ground is null ? (byte)0 : (byte)1);
        if (Ground is { } ground)
        {
            writer.Fixed(ground.Definition);
            writer.Fixed(ground.Models);
            writer.Signed(ground.At.UnixMs);
            writer.Signed(ground.Members);
            writer.Fixed(ground.States);
        }
        return output.WrittenSpan.ToArray();
    }
}
