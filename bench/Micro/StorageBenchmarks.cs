using System.Buffers;
using BenchmarkDotNet.Attributes;
using DToC.Twin.Decisions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Micro;

/// <summary>Stored forms: a state of 50 events, and a decision.</summary>
[MemoryDiagnoser]
public class StorageBenchmarks
{
    private readonly ArrayBufferWriter<byte> _buffer = new(16_384);
    private CustomerState _state = null!; // set before every run
    private PlanCatalog _plans = null!; // set before every run
    private DecisionRecord _record = null!; // set before every run
    private byte[] _storedState = [];
    private byte[] _storedRecord = [];

    /// <summary>Makes the customer and a decision.</summary>
    [GlobalSetup]
    public void Make()
    {
        var retail = new RetailCase();
        _plans = new PlanCatalog(retail.Plan);
        _state = retail.NewState();
        var decider = new TurnDecider(retail.Plan);
        decider.ReadAll(_state, _state.LastAt, retail.Plan.Decisions.RequestSlot, []);
        var (count, winner) = decider.Decide(_state, isHeldOut: false);
        _record = new DecisionRecord
        {
            Id = DecisionRecord.IdOf(RetailCase.Customer, 1),
            Customer = RetailCase.Customer,
            PlanHash = retail.Plan.Hash,
            Seed = 1,
            Inputs = decider.Inputs.Copy(),
            Candidates = decider.Candidates[..count].ToArray(),
            Winner = winner,
        };
        WriteState();
        _storedState = _buffer.WrittenSpan.ToArray();
        WriteDecision();
        _storedRecord = _buffer.WrittenSpan.ToArray();
        Console.WriteLine($"// stored state {_storedState.Length} bytes, stored decision {_storedRecord.Length} bytes");
    }

    /// <summary>Writes the state.</summary>
    [Benchmark]
    public void WriteState()
    {
        _buffer.ResetWrittenCount();
        StateCodec.Write(_state, _buffer);
    }

    /// <summary>Reads the state.</summary>
    [Benchmark]
    public CustomerState ReadState() => StateCodec.Read(_storedState, _plans);

    /// <summary>Writes the decision.</summary>
    [Benchmark]
    public void WriteDecision()
    {
        _buffer.ResetWrittenCount();
        _record.Write(_buffer);
    }

    /// <summary>Reads the decision.</summary>
    [Benchmark]
    public DecisionRecord ReadDecision() => DecisionRecord.Read(_storedRecord);
}
