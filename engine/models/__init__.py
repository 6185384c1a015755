"""The models that can be asked: real ones through LiteLLM, simulated ones with known parameters."""
