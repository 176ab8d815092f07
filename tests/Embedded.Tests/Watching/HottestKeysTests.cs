using DToC.Embedded.Turns;
using DToC.Embedded.Watching;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Tests.Watching;

public sealed class HottestKeysTests
{
    private const long Minute = HottestKeys.MinuteMs;

    private readonly HottestKeys _hottest = new();
    private readonly Dictionary<string, Activation> _grains = new(StringComparer.Ordinal);

    [Fact]
    public void Busiest_of_many_stand_first_with_their_turns()
    {
        var now = At(50_000);
        for (var round = 0; round < 40; round++)
        {
            for (var n = 0; n < 500; n++) Turn($"c-{n}", now);
            Turn("busy", now);
            Turn("busiest", now);
            Turn("busiest", now);
        }
        var list = _hottest.Read(now);
        Assert.Equal(16, list.Count);
        Assert.Equal(("busiest", 80.0), (list[0].Key.Id, list[0].TurnsPerMinute));
        Assert.Equal(40, list[1].TurnsPerMinute);
    }

    [Fact]
    public void Minute_that_is_over_fades_and_is_forgotten()
    {
        for (var n = 0; n < 60; n++) Turn("c-1", At(30_000));
        Turn("c-1", At(Minute + 15_000));
        Assert.Equal(60 * 0.75 + 1, _hottest.Read(At(Minute + 15_000))[0].TurnsPerMinute, 9);
        // Nobody has a turn any more: what is read fades without one.
        Assert.Equal(0.5, _hottest.Read(At(2 * Minute + 30_000))[0].TurnsPerMinute, 9);
        Assert.Empty(_hottest.Read(At(3 * Minute)));
    }

    [Fact]
    public void New_minute_opens_the_list_to_others()
    {
        for (var n = 0; n < 16; n++)
        {
            for (var turn = 0; turn < 100; turn++) Turn($"old-{n}", At(0));
        }
        for (var turn = 0; turn < 3; turn++) Turn("new", At(2 * Minute));
        Assert.Equal("new", Assert.Single(_hottest.Read(At(2 * Minute))).Key.Id);
    }

    [Fact]
    public void Grain_read_again_after_eviction_stands_once()
    {
        Turn("c-1", At(0));
        _grains.Clear();
        Turn("c-1", At(0));
        Assert.Single(_hottest.Read(At(0)));
    }

    [Fact]
    public void Tables_are_not_customers()
    {
        _hottest.Count(new Activation(new GrainKey(GrainKind.Identity, "7")));
        Assert.Empty(_hottest.Read(At(0)));
    }

    /// <summary>Minutes begin with the tests' first.</summary>
    private static Instant At(long ms) => new(Minute * 29_000_000 + ms);

    private void Turn(string id, Instant now)
    {
        _hottest.MoveTo(now);
        if (!_grains.TryGetValue(id, out var grain)) _grains[id] = grain = new Activation(GrainKey.Customer(id));
        _hottest.Count(grain);
    }
}
