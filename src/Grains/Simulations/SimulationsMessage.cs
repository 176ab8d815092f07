using DToC.Twin;

namespace DToC.Grains;

/// <summary>A piece of what is too long for one row: of the state kept on the way, or of the result.</summary>
/// <param name="Number">Which piece, from 0.</param>
/// <param name="Bytes">At most <see cref="SimulationsGrain.MaxPartBytes"/>.</param>
public sealed record SimulationPart(int Number, ReadOnlyMemory<byte> Bytes);

/// <summary>What the table of simulations is told.</summary>
public abstract record SimulationsMessage : GrainMessage
{
    private SimulationsMessage()
    {
    }

    /// <summary>A new one, which waits for its turn.</summary>
    /// <param name="Header">The simulation.</param>
    /// <param name="Request">What is asked for, without customers' ids.</param>
    /// <param name="Asked">The customers it is asked of; none where they are not named.</param>
    public sealed record Add(
        SimulationHeader Header, ReadOnlyMemory<byte> Request, IReadOnlyList<NamedCustomer> Asked) : SimulationsMessage;

    /// <summary>One begins, or goes on after its server was down.</summary>
    public sealed record Begin(string Id) : SimulationsMessage;

    /// <summary>A piece of a state on the way. It counts when <see cref="Keep"/> says that it is whole.</summary>
    /// <param name="Id">Of which simulation.</param>
    /// <param name="Generation">Of which of its states, counted from 1.</param>
    /// <param name="Part">The piece.</param>
    public sealed record AddKept(string Id, int Generation, SimulationPart Part) : SimulationsMessage;

    /// <summary>A state on the way is whole, and takes the place of the one before.</summary>
    /// <param name="Id">Of which simulation.</param>
    /// <param name="Generation">Which of its states.</param>
    /// <param name="Parts">Its pieces.</param>
    /// <param name="PathsDone">Paths that everybody was run through by then.</param>
    /// <param name="Ground">What it is run on.</param>
    public sealed record Keep(string Id, int Generation, int Parts, int PathsDone, SimulationGround Ground)
        : SimulationsMessage;

    /// <summary>A piece of a result. It counts when <see cref="End"/> says that it is whole.</summary>
    public sealed record AddResult(string Id, SimulationPart Part) : SimulationsMessage;

    /// <summary>One ends; what was kept on the way goes.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="State">How: done, failed or cancelled.</param>
    public sealed record End(string Id, SimulationState State) : SimulationsMessage
    {
        /// <summary>Why, or what is to be known of how it went.</summary>
        public string Note { get; init; } = "";

        /// <summary>Pieces of its result.</summary>
        public int ResultParts { get; init; }

        /// <summary>Paths that everybody was run through.</summary>
        public int PathsDone { get; init; }

        /// <summary>What it was run on; null where it read no members.</summary>
        public SimulationGround? Ground { get; init; }

        /// <summary>Customers that the result names.</summary>
        public IReadOnlyList<NamedCustomer> Named { get; init; } = [];
    }

    /// <summary>All of one goes.</summary>
    public sealed record Remove(string Id) : SimulationsMessage;
}

/// <summary>What the table of simulations answers, besides <see cref="Reply.Done"/>.</summary>
public abstract record SimulationsReply : Reply
{
    private SimulationsReply()
    {
    }

    /// <summary>It is added.</summary>
    /// <param name="Removed">Ids of those that ended longest ago and were removed for it.</param>
    public sealed record Added(IReadOnlyList<string> Removed) : SimulationsReply;

    /// <summary>So many have not ended, which is the most.</summary>
    public sealed record Full(int Limit) : SimulationsReply;

    /// <summary>There is none of this id, or it has ended.</summary>
    public sealed record NotOpen : SimulationsReply;
}
