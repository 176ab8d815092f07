using BenchmarkDotNet.Attributes;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.State;

namespace DToC.Micro;

/// <summary>The hot functions of a turn, one event or one call each.</summary>
[MemoryDiagnoser]
public class TurnBenchmarks
{
    private const int Turns = RetailCase.NextEvents;
    private readonly RetailCase _case = new();
    private readonly byte[] _orderJson = RetailCase.Json(54);
    private TurnLoop _loop = null!; // set before every run
    private TouchpointEvent _order = null!; // set before every run

    /// <summary>Makes the customer.</summary>
    [GlobalSetup]
    public void Make()
    {
        _loop = new TurnLoop(_case);
        _order = _case.Read(_orderJson);
        _loop.ScoreAll(_order, trigger: 0);
    }

    /// <summary>JSON of an order with two lines to an event.</summary>
    [Benchmark]
    public EventReading ReadEvent() => _case.Reader.Read(_orderJson, RetailCase.Start.PlusMs(Twin.Instant.DayMs * 365));

    /// <summary>The commutative part, per event of the mix.</summary>
    [Benchmark(OperationsPerInvoke = Turns)]
    public void CommutativeFolds()
    {
        _loop.Reset();
        foreach (var e in _case.Next) CommutativeFold.Apply(_loop.State, e);
    }

    /// <summary>The ordered part, per event of the mix.</summary>
    [Benchmark(OperationsPerInvoke = Turns)]
    public void OrderedFolds()
    {
        _loop.Reset();
        foreach (var e in _case.Next) OrderedFold.Apply(_loop.State, e);
    }

    /// <summary>What the rules of every turn read.</summary>
    [Benchmark]
    public ulong FeaturesAndScoresOfTurn() => _loop.Score(_order);

    /// <summary>Every feature and model.</summary>
    [Benchmark]
    public void FeaturesAndScoresAll() => _loop.ScoreAll(_order, trigger: 0);

    /// <summary>Offers of one trigger weighed.</summary>
    [Benchmark]
    public int Decide() => _loop.Decide();

    /// <summary>A whole turn in memory, per event of the mix.</summary>
    [Benchmark(OperationsPerInvoke = Turns)]
    public int FoldScoreDecide()
    {
        _loop.Reset();
        return _loop.Round().Decisions;
    }
}
