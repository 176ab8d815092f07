namespace DToC.Learn.Simulating;

/// <summary>A customer whose futures are run.</summary>
/// <param name="Number">Its place among the members of a run, from 0.</param>
/// <param name="Id">Its id, of which its streams of draws are a function.</param>
/// <param name="Stored">The state it starts from, as a host stores it.</param>
/// <param name="Groups">Groups it is counted in, a bit each.</param>
public readonly record struct Member(int Number, string Id, ReadOnlyMemory<byte> Stored, ulong Groups);
