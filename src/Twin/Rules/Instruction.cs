using System.Runtime.InteropServices;

namespace DToC.Twin.Rules;

/// <summary>
/// Operation of an instruction. Order carries meaning: from <see cref="Negate"/> on an operation applies to
/// the topmost value, from <see cref="Add"/> on to two, from <see cref="Min"/> on to as many as the argument
/// says.
/// </summary>
internal enum Op : byte
{
    Constant,
    LoadNumber,
    LoadBoolean,
    TextEqual,
    TextNotEqual,
    TextEqualSlot,
    TextNotEqualSlot,
    TextMissing,
    Jump,
    JumpIfFalse,
    JumpIfTrue,
    JumpIfPresent,
    JumpUnlessTrue,

    Negate,
    Not,
    IsMissing,
    Abs,
    Log,
    Log1p,
    Exp,
    Sqrt,
    Floor,
    Round,
    Sigmoid,

    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Pow,

    Min,
    Max,
    Clamp,
    In,
}

/// <summary>One step of a compiled expression, 16 bytes.</summary>
/// <param name="Op">What to do.</param>
/// <param name="Argument">
/// A slot, the target of a jump (always forward), or the number of values applied to.
/// </param>
/// <param name="Bits">
/// A constant's IEEE 754 bits, a text's hash, or the second slot of a text comparison.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Instruction(Op Op, int Argument, ulong Bits)
{
    /// <summary>The constant this pushes.</summary>
    public double Constant => BitConverter.UInt64BitsToDouble(Bits);
}
