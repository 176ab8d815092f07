using System.Buffers;
using DToC.Twin.Decisions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Tests.State;

/// <summary>
/// Stored forms that releases have written. When one of these fails, stored data would no longer be read as they
/// were: give the format a new number and keep reading the old one. DTOC_WRITE_GOLDEN=1 writes missing files only.
/// </summary>
public class GoldenTests
{
    [Fact]
    public void State_format_3_has_not_changed()
    {
        var buffer = new ArrayBufferWriter<byte>();
        StateCodec.Write(Fixed(), buffer);
        var golden = Golden("state-3.hex", buffer.WrittenSpan);
        Assert.Equal(golden, Convert.ToHexString(buffer.WrittenSpan));
        Assert.Equal(golden, Rewritten(Read("state-3.hex")));
    }

    [Fact]
    public void State_format_2_is_read_as_one_without_names_of_identifiers_and_of_whom_nobody_was_split_off()
    {
        var state = Read("state-2.hex");
        Assert.Equal([new LinkedIdentifier(99, -1)], state.Links);
        Assert.Equal((0L, 0, 0), (state.MoveNumber, state.Moves.Count, state.Parted.Count));
        Assert.Equal(Golden("state-3.hex", default), Rewritten(Named(state)));
    }

    [Fact]
    public void State_format_1_is_read_as_one_that_may_keep_something_of_every_category()
    {
        var state = Read("state-1.hex");
        Assert.Equal(0b11UL, state.Kept);
        Assert.Equal(Golden("state-3.hex", default), Rewritten(Named(state)));
    }

    private static CustomerState Read(string golden) =>
        StateCodec.Read(Convert.FromHexString(Golden(golden, default)), new PlanCatalog(SmallTwin.Plan));

    /// <summary>With what formats before 3 do not tell.</summary>
    private static CustomerState Named(CustomerState state)
    {
        state.Links[0] = Fixed().Links[0];
        state.NotLinked = Fixed().NotLinked;
        Move(state);
        return state;
    }

    private static string Rewritten(CustomerState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StateCodec.Write(state, buffer);
        return Convert.ToHexString(buffer.WrittenSpan);
    }

    [Fact]
    public void Decision_format_1_has_not_changed()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Decision().Write(buffer);
        var golden = Golden("decision-1.hex", buffer.WrittenSpan);
        Assert.Equal(golden, Convert.ToHexString(buffer.WrittenSpan));

        var rewritten = new ArrayBufferWriter<byte>();
        DecisionRecord.Read(Convert.FromHexString(golden)).Rebuild(SmallTwin.Plan).Write(rewritten);
        Assert.Equal(golden, Convert.ToHexString(rewritten.WrittenSpan));
    }

    /// <summary>A request decided over the filled state: a winner, and candidates rejected for three reasons.</summary>
    internal static DecisionRecord Decision()
    {
        var state = Fixed();
        var decider = new TurnDecider(SmallTwin.Plan);
        decider.ReadAll(state, state.LastAt, SmallTwin.Plan.Decisions.RequestSlot, ["web"]);
        var (count, winner) = decider.Decide(state, isHeldOut: false);
        return new DecisionRecord
        {
            Id = DecisionRecord.IdOf("c", 1),
            Customer = "c",
            PlanHash = SmallTwin.Plan.Hash,
            Seed = 42,
            Inputs = decider.Inputs.Copy(),
            Candidates = decider.Candidates[..count].ToArray(),
            Winner = winner,
        };
    }

    private static void Move(CustomerState state)
    {
        (state.MoveNumber, state.Moves["c-2"]) = (3, 2);
        state.PartAs("c-7", 1);
    }

    // Decayed values may differ in their last bits between platforms; stored bytes are pinned with exact ones.
    private static CustomerState Fixed()
    {
        var state = SmallTwin.Filled();
        for (var i = 0; i < state.Reals.Length; i++) state.Reals[i] = i % 3 == 0 ? i * 100 : i + 0.375;
        Move(state);
        return state;
    }

    private static string Golden(string name, ReadOnlySpan<byte> now)
    {
        var file = SharedFolder.InProject($"tests/Twin.Tests/State/Golden/{name}");
        if (!File.Exists(file) && Environment.GetEnvironmentVariable("DTOC_WRITE_GOLDEN") == "1")
        {
            File.WriteAllLines(file, Convert.ToHexString(now).Chunk(100).Select(line => new string(line)));
        }
        return string.Concat(File.ReadAllLines(file));
    }
}
