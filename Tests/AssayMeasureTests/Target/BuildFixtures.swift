/// Files as ESP-IDF 5.5 and its component manager write them, cut to what matters.
enum BuildFixtures {
  static let lock = """
    dependencies:
      espressif/esp-nn:
        component_hash: 1f3ccb6d93a2ac53a4a3e0dc1c2ff4b0a8e1ac1cf1eac1e1c63f8f3cb3b4e2a1
        dependencies:
        - name: idf
          require: private
          version: '>=4.2'
        source:
          registry_url: https://components.espressif.com/
          type: service
        version: 1.2.1
      espressif/esp-tflite-micro:
        component_hash: 9b5f2a6d6f0a2c8dc7f3a9f6a1e6cb8e3a4e0f7b7d9f60b3a2f6f4c8b1d5e7a9
        dependencies:
        - name: espressif/esp-nn
          registry_url: https://components.espressif.com
          require: private
          version: ^1.2.0
        source:
          registry_url: https://components.espressif.com/
          type: service
        version: 1.4.0~1
      idf:
        source:
          type: idf
        version: 5.5.0
    direct_dependencies:
    - espressif/esp-tflite-micro
    - idf
    manifest_hash: 0d9b3f2f6b8f1a5d0c2e4a6b8c0d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2b4c6d
    target: esp32s3
    version: 2.0.0

    """

  static let sdkconfig = """
    #
    # Automatically generated file. DO NOT EDIT.
    # Espressif IoT Development Framework (ESP-IDF) 5.5.0 Project Configuration
    #
    CONFIG_IDF_TARGET="esp32s3"
    CONFIG_ESPTOOLPY_FLASHMODE_QIO=y
    # CONFIG_ESPTOOLPY_FLASHMODE_DIO is not set
    CONFIG_ESPTOOLPY_FLASHMODE="dio"
    CONFIG_ESPTOOLPY_FLASHFREQ_80M=y
    CONFIG_ESPTOOLPY_FLASHFREQ="80m"
    # CONFIG_ESPTOOLPY_FLASHSIZE_8MB is not set
    CONFIG_ESPTOOLPY_FLASHSIZE_16MB=y
    CONFIG_ESPTOOLPY_FLASHSIZE="16MB"
    CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ_160=y
    CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ=160
    CONFIG_ESP32S3_INSTRUCTION_CACHE_SIZE=0x4000
    CONFIG_ESP32S3_DATA_CACHE_32KB=y
    CONFIG_ESP32S3_DATA_CACHE_SIZE=0x8000
    CONFIG_ESP32S3_DATA_CACHE_LINE_32B=y
    CONFIG_ESP32S3_DATA_CACHE_LINE_SIZE=32
    CONFIG_SPIRAM=y
    # CONFIG_SPIRAM_MODE_QUAD is not set
    CONFIG_SPIRAM_MODE_OCT=y
    CONFIG_SPIRAM_SPEED_80M=y
    CONFIG_SPIRAM_SPEED=80
    CONFIG_PARTITION_TABLE_OFFSET=0x8000
    # CONFIG_NN_ANSI_C is not set
    CONFIG_NN_OPTIMIZED=y
    CONFIG_NN_OPTIMIZATIONS=1

    """

  static let partitions = """
    # Name,   Type, SubType, Offset,  Size, Flags
    nvs,      data, nvs,     ,        0x4000,
    otadata,  data, ota,     ,        0x2000,
    phy_init, data, phy,     ,        0x1000,
    ota_0,    app,  ota_0,   ,        0x1E0000,
    ota_1,    app,  ota_1,   ,        2M,
    model_a,  data, 0x40,    ,        512K, encrypted
    model_b,  data, 0x40,    ,        512K

    """
}
