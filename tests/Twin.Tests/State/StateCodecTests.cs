using System.Buffers;
using DToC.Twin.Decisions;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.State;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.State;

public class StateCodecTests(ITestOutputHelper output)
{
    private const int Seed = 20_260_302;
    private const int Mutations = 20_000;
    private static readonly PlanCatalog Plans = new(SmallTwin.Plan);

    [Fact]
    public void State_comes_back_as_it_was()
    {
        var state = SmallTwin.Filled();
        var back = StateCodec.Read(Written(state), Plans);
        Assert.Equal(Written(state), Written(back));
        Assert.Equal(state.Longs, back.Longs);
        Assert.Equal(state.Reals, back.Reals);
        Assert.Equal(state.Bytes, back.Bytes);
        Assert.Equal((state.Newest, state.Checkpoint), (back.Newest, back.Checkpoint));
        Assert.Equal(state.Attributes, back.Attributes);
        Assert.Equal(state.Consents, back.Consents);
        Assert.Equal(state.Contacts, back.Contacts);
        Assert.Equal(state.Held, back.Held);
        Assert.Equal(state.Merged, back.Merged);
        Assert.Equal(state.Links, back.Links);
        Assert.Equal(state.NotLinked, back.NotLinked);
        Assert.Equal(state.Refused, back.Refused);
        Assert.Equal(state.WithoutWinner, back.WithoutWinner);
        Assert.Equal((true, 1, 7L, "c-9"), (back.IsStale, back.Kind, back.DecisionCount, back.MovedTo));
    }

    [Fact]
    public void Empty_state_comes_back_empty()
    {
        var state = new CustomerState(SmallTwin.Plan);
        var back = StateCodec.Read(Written(state), Plans);
        Assert.Equal(Written(state), Written(back));
        Assert.True(back.LastAt.IsNever);
        Assert.Null(back.MovedTo);
    }

    [Fact]
    public void State_read_into_the_memory_of_another_has_nothing_of_it()
    {
        var (full, empty) = (Written(SmallTwin.Filled()), Written(new CustomerState(SmallTwin.Plan)));
        var rest = StateCodec.Read(full, Plans);
        var back = StateCodec.Read(empty, Plans, rest);
        Assert.Same(rest, back);
        Assert.Equal(empty, Written(back));
        back = StateCodec.Read(full, Plans, back);
        Assert.Equal(full, Written(back));
        Assert.Throws<InvalidDataException>(() => StateCodec.Read(full[..^9], Plans, rest));
        Assert.Equal(empty, Written(StateCodec.Read(empty, Plans, rest)));
    }

    [Fact]
    public void Memory_of_a_state_under_another_definition_is_not_taken()
    {
        var other = new CustomerState(SmallTwin.Compile(SmallTwin.Definition + "\n"));
        var back = StateCodec.Read(Written(SmallTwin.Filled()), Plans, other);
        Assert.NotSame(other, back);
        Assert.Same(SmallTwin.Plan, back.Plan);
    }

    [Fact]
    public void State_read_twice_scores_alike()
    {
        var state = SmallTwin.Filled();
        var (mine, theirs) = (new Vectors(SmallTwin.Plan), new Vectors(SmallTwin.Plan));
        var now = state.LastAt.PlusMs(Instant.DayMs);
        FeatureReader.Fill(mine, state, now);
        FeatureReader.Fill(theirs, StateCodec.Read(Written(state), Plans), now);
        Assert.Equal(mine.Numbers, theirs.Numbers);
        Assert.Equal(mine.Texts, theirs.Texts);
    }

    [Fact]
    public void Other_formats_and_definitions_are_refused_by_name()
    {
        var stored = Written(SmallTwin.Filled());
        var other = new PlanCatalog(SmallTwin.Compile(SmallTwin.Definition + "\n"));
        var unknown = Assert.Throws<InvalidDataException>(() => StateCodec.Read(stored, other));
        Assert.Contains($"{SmallTwin.Plan.Hash:x16}", unknown.Message, StringComparison.Ordinal);
        stored[0] = 9;
        var newer = Assert.Throws<InvalidDataException>(() => StateCodec.Read(stored, Plans));
        Assert.Contains("format 9", newer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_states_are_refused()
    {
        var stored = Written(SmallTwin.Filled());
        for (var length = 0; length < stored.Length; length++)
        {
            var cut = stored[..length];
            Assert.Throws<InvalidDataException>(() => StateCodec.Read(cut, Plans));
        }
        Assert.Throws<InvalidDataException>(() => StateCodec.Read([.. stored, 0], Plans));
    }

    [Fact]
    public void Mutated_states_are_read_or_refused_and_nothing_else()
    {
        var read = Mutate(Written(SmallTwin.Filled()), bytes => StateCodec.Read(bytes, Plans));
        output.WriteLine($"seed {Seed}: {read} of {Mutations} mutations still read");
        Assert.InRange(read, 1, Mutations - 1);
    }

    [Fact]
    public void Mutated_decisions_are_read_or_refused_and_nothing_else()
    {
        var buffer = new ArrayBufferWriter<byte>();
        GoldenTests.Decision().Write(buffer);
        var read = Mutate(buffer.WrittenSpan.ToArray(), bytes => DecisionRecord.Read(bytes));
        output.WriteLine($"seed {Seed}: {read} of {Mutations} mutations still read");
        Assert.InRange(read, 1, Mutations - 1);
    }

    private int Mutate(byte[] stored, Func<byte[], object> read)
    {
        var random = new Random(Seed);
        var fine = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutated(stored, random);
            try
            {
                Assert.NotNull(read(bytes));
                fine++;
            }
            catch (InvalidDataException)
            {
                // The one way to refuse.
            }
            catch (Exception e)
            {
                output.WriteLine($"seed {Seed}, mutation {i}: {Convert.ToHexString(bytes)}");
                Assert.Fail($"Mutation {i} of seed {Seed} gave {e.GetType().Name}: {e.Message}");
            }
        }
        return fine;
    }

    private static byte[] Mutated(byte[] stored, Random random)
    {
        var bytes = stored.ToArray();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(3) switch
            {
                0 => 0xFF,
                1 => 0,
                _ => (byte)random.Next(256),
            };
        }
        return random.Next(8) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes, (byte)random.Next(256)],
            2 => [.. bytes[..20], .. bytes[random.Next(20, bytes.Length)..]],
            _ => bytes,
        };
    }

    private static byte[] Written(CustomerState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StateCodec.Write(state, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
