using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>The simulated host: it moves only while somebody waits for it.</summary>
internal sealed class SimulatedUnderTest(HostSetup setup, Sabotage sabotage = Sabotage.None) : HostUnderTest
{
    private const int StepLimit = 100_000;

    private readonly SimulatedHost _host = new(new SimulatedOptions
    {
        Grains = setup.Grains,
        Plan = setup.Plan,
        ReadPlan = ProbePlans.Read,
        Leases = setup.Leases,
        Sabotage = sabotage,
        MailboxLimit = 1_000,
    });

    public override ITwinHost Host => _host;

    public override Instant Now => _host.Now;

    public override async Task<T> WaitFor<T>(Task<T> task)
    {
        for (var steps = 0; !task.IsCompleted && steps < StepLimit; steps++)
        {
            if (!_host.Step()) await Task.Yield(); // continuations run on other threads
        }
        return await task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    public override async Task<bool> Until(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            if (!_host.Step()) return await condition();
        }
        return true;
    }

    public override Task PassTime(long ms)
    {
        _host.PassTime(ms);
        return Settle();
    }

    public override Task Settle()
    {
        for (var steps = 0; _host.Step(); steps++)
        {
            if (steps > StepLimit) throw new InvalidOperationException("The simulated host finds no rest.");
        }
        return Task.CompletedTask;
    }

    public override Task CrashAndRestart()
    {
        _host.Crash();
        return Task.CompletedTask;
    }

    public override Task Drain()
    {
        _host.Drain();
        return Settle();
    }

    public override Task<Reply> TellWhileCommitsFail(string id, GrainMessage message, Func<Task> meanwhile)
    {
        _host.World.Faults.FailNextCommit();
        return TellAndWatch(id, message, meanwhile);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The contract's checks on the simulated host.</summary>
public sealed class SimulatedHostTests : HostContract
{
    /// <inheritdoc/>
    protected override Task<HostUnderTest> Start(HostSetup setup) =>
        Task.FromResult<HostUnderTest>(new SimulatedUnderTest(setup));
}
